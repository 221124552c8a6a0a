"""Print the table of corruptions."""

from corruptions import table

print(table())
