/// What a connection waits for, keeps and asks of its session.
package struct ConnectionLimits: Sendable {
    /// From asking until the answer is there. Longer than the server's own `statement_timeout`, so that it
    /// is the server that gives up while it is well.
    package var answer: Duration = .seconds(15)
    package var cancel: Duration = .seconds(5)
    /// One message of the server, such as a row.
    package var messageBytes = 64 << 20
    /// The rows of one statement.
    package var resultBytes = 64 << 20
    /// What may wait to be sent before asking goes on.
    package var outputBytes = 256 << 10
    /// Parameters that the session begins with.
    package var settings =
        planning + [
            ("statement_timeout", "10s"),
            ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "15s"),
            ("tcp_keepalives_idle", "10"), ("tcp_user_timeout", "15s"),
        ]

    /// A statement is planned once, perhaps while its tables are empty, and the plan stays: one that reads a
    /// whole table or sorts it would get slower with each row. Each statement has an index for it and is
    /// written for loops over indexes, as SQLite runs it. What cannot be avoided all the same looks so dear
    /// that it would be compiled, for longer than it runs.
    static let planning: [(name: String, value: String)] = [
        ("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"), ("enable_sort", "off"), ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"), ("jit", "off"),
    ]

    package init() {}
}
