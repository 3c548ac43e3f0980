/// One step of the schema. Released steps are never edited.
package struct Migration: Sendable, Hashable {
    /// 1, 2, 3 … without a gap.
    package let version: Int
    package let name: String
    /// Any number of statements in UTF-8, none of which begins or ends a transaction.
    package let sql: [UInt8]

    package init(version: Int, name: String, sql: [UInt8]) {
        self.version = version
        self.name = name
        self.sql = sql
    }
}
