import Assets

/// The schema: a folder of SQL for each step, with a file for each capability, embedded so that the server
/// ships as one file.
package enum Migrations {
    /// In the order in which they are applied; `sql` is UTF-8. Released steps are never edited.
    package static let all: [(version: Int, name: String, sql: [UInt8])] = [
        (1, "initial", Assets.migration0001)
    ]
}
