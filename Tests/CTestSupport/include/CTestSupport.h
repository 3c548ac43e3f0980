// Linked for what it does when it is loaded; nothing is called.
