"""The catalogue's entries as pages: parameters, counters, topics, distributions."""

from tcptune.catalog.pages.entries import counter_page, distribution_page, topic_page
from tcptune.catalog.pages.parameter import parameter_page

__all__ = ["counter_page", "distribution_page", "parameter_page", "topic_page"]
