"""What the pages show, as plain JSON; every offset is in code points of the document."""
