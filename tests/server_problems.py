"""Which problems a server and sending to it give; tests/labelstudio raises each of them."""

SERVER = frozenset(
    {
        "connection-broken",
        "legacy-token-disabled",
        "not-allowed",
        "not-label-studio",
        "project-gone",
        "server-disk-full",
        "server-failed",
        "server-refused",
        "server-timeout",
        "server-unreachable",
        "token-refused",
    }
)
SENDING = frozenset({"task-text-changed", "task-twice"})
