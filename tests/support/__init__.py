"""What tests lean on: real servers, a real browser, and the words in which a missing one is reported."""
