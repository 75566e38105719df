"""Who holds TIME_WAIT and its neighbours: the socket table by destination, process, state and listener."""
