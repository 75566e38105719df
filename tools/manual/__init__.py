"""The manual pages: written from the program itself and from the texts in man/text, committed in man/."""
