package import Database

/// Checks the structure of every page, without comparing indexes with their tables.
///
/// - Returns: what is wrong, empty when all is well.
package func quickCheck(path: String) throws(DatabaseError) -> [String] {
    try check(path, "PRAGMA quick_check")
}

/// Checks everything: pages, indexes against tables, constraints, foreign keys. Reads the whole file.
///
/// - Returns: what is wrong, empty when all is well.
package func integrityCheck(path: String) throws(DatabaseError) -> [String] {
    let problems = try check(path, "PRAGMA integrity_check")
    return problems.isEmpty ? try foreignKeyCheck(path) : problems
}

private func check(_ path: String, _ pragma: String) throws(DatabaseError) -> [String] {
    do {
        let connection = try open(path)
        let query = try connection.prepare(pragma)
        var lines: [String] = []
        while try connection.step(query) { lines.append(Row(query).text(0)) }
        return lines == ["ok"] ? [] : lines
    } catch .corrupt {
        // Too damaged for a list.
        return [DatabaseError.corrupt.description]
    }
}

private func foreignKeyCheck(_ path: String) throws(DatabaseError) -> [String] {
    let connection = try open(path)
    let query = try connection.prepare("PRAGMA foreign_key_check")
    var lines: [String] = []
    while lines.count < 100, try connection.step(query) {
        let row = Row(query)
        lines.append("a row of \(row.text(0)) refers to nothing in \(row.text(2))")
    }
    return lines
}

private func open(_ path: String) throws(DatabaseError) -> Connection {
    try Connection.reading(path: path, cacheBytes: 8 << 20, busyTimeout: .seconds(5))
}
