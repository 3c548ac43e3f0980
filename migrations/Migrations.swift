import Assets

/// The schema: a folder of SQL for each step, with a file for each capability, embedded so that the server
/// ships as one file.
package enum Migrations {
    /// In the order in which they are applied; both texts are UTF-8, and `postgres` is made of `sqlite` by
    /// scripts/schema. Released steps are never edited.
    package static let all: [(version: Int, name: String, sqlite: [UInt8], postgres: [UInt8])] = [
        (1, "initial", Assets.migration0001, Assets.migration0001Postgres)
    ]
}
