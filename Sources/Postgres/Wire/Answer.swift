package import Database

/// A statement that the server has parsed, for one connection.
final class PreparedStatement {
    let name: String
    let text: StatementText
    /// Of its parameters and of the columns that it returns.
    var parameters: [ValueType] = []
    var columns: [ValueType] = []
    /// Why it cannot be used, although the server would run it.
    var refusal: DatabaseError?
    /// The server has forgotten it, or never knew it: the next use prepares it again.
    var isStale = false

    init(name: String, text: StatementText) {
        self.name = name
        self.text = text
    }
}

/// What the server answers to a statement: its rows, or how many it changed. Used by the thread of its
/// connection; it outlives it.
@safe package final class Answer: Query {
    private struct Cell {
        let offset: UInt32
        /// -1 for NULL.
        let length: Int32
    }

    package var misread: DatabaseError?
    /// Whether several read it, one after the other.
    var isKept = false
    /// One of them is reading.
    private(set) var isInUse = false
    private let columns: [ValueType]
    private let byteLimit: Int
    /// Whether it has been answered, or will not be.
    private(set) var isComplete = false
    private(set) var tag = ""
    /// Rows that it changed.
    private var changes = 0
    private(set) var failure: DatabaseError?
    /// The Sync behind it; see `Pipeline.isSettled`.
    let batch: Int

    private var bytes: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    private var used = 0
    private var cells: [Cell] = []
    private var rowCount = 0
    private var row = -1

    init(_ statement: PreparedStatement, batch: Int, byteLimit: Int) {
        columns = statement.columns
        self.batch = batch
        self.byteLimit = min(byteLimit, Int(Int32.max))
    }

    deinit { unsafe bytes?.deallocate() }

    // MARK: Filled by the pipeline

    /// Takes the DataRow at hand, checked against the columns that the server has announced.
    func append(_ input: inout MessageReader) throws(ProtocolViolation) {
        guard try input.uint16() == columns.count else {
            throw ProtocolViolation("a row with another number of columns")
        }
        let start = input.position
        for column in columns {
            let length = try input.int32()
            let offset = UInt32(truncatingIfNeeded: used + input.position - start)
            if length != -1 {
                if let width = column.width, Int(length) != width {
                    throw ProtocolViolation("a value of \(length) bytes as \(column)")
                }
                try input.skip(Int(length))
            }
            cells.append(Cell(offset: offset, length: length))
        }
        try input.requireEnd()
        keep(&input, from: start)
    }

    private func keep(_ input: inout MessageReader, from start: Int) {
        rowCount += 1
        let count = input.position - start
        let size = used + count + cells.count * MemoryLayout<Cell>.size
        guard failure == nil, size <= byteLimit else {
            fail(.server(sqlState: "54000", message: "a result of more than \(byteLimit) bytes"))
            return
        }
        if used + count > capacity { grow(to: used + count) }
        unsafe input.withBytes(from: start) { source in
            if let to = unsafe bytes, let from = source.baseAddress {
                unsafe (to + used).update(
                    from: from.assumingMemoryBound(to: UInt8.self), count: source.count)
            }
        }
        used += count
    }

    private func grow(to size: Int) {
        let larger = max(capacity * 2, size, 256)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        if let bytes = unsafe bytes {
            unsafe moved.update(from: bytes, count: used)
            unsafe bytes.deallocate()
        }
        unsafe bytes = moved
        capacity = larger
    }

    /// Takes a CommandComplete.
    func complete(_ tag: CommandTag) throws(ProtocolViolation) {
        if !columns.isEmpty, let rows = tag.rows, rows != rowCount {
            throw ProtocolViolation("\(rowCount) rows where \(rows) are announced")
        }
        self.tag = tag.text
        changes = tag.changes
        isComplete = true
    }

    /// The first reason stays; rows are dropped.
    func fail(_ error: DatabaseError) {
        if failure == nil { failure = error }
        dropRows()
    }

    /// It will not be answered.
    func abandon(_ error: DatabaseError) {
        fail(error)
        isComplete = true
    }

    private func dropRows() {
        unsafe bytes?.deallocate()
        unsafe bytes = nil
        (capacity, used) = (0, 0)
        cells = []
    }
}

// MARK: Read by a transaction

extension Answer {
    /// By the command tag: only SELECT and its kind change nothing.
    package var isReadOnly: Bool { tag.hasPrefix("SELECT") || tag.hasPrefix("SHOW") }

    package func next() throws(DatabaseError) -> Bool {
        if let failure { throw failure }
        misread = nil
        guard row + 1 < rowCount else { return false }
        row += 1
        return true
    }

    package func run() throws(DatabaseError) -> Int {
        if let failure { throw failure }
        return changes
    }

    package func end() {
        row = -1
        isInUse = false
        guard !isKept else { return }
        dropRows()
        rowCount = 0
    }

    /// For one more who reads it, until `end`.
    func use() { isInUse = true }

    package func note(_ misread: DatabaseError) { self.misread = misread }

    private func cell(_ column: Int) -> Cell {
        precondition(
            row >= 0 && row < rowCount && columns.indices.contains(column), "no such column")
        return cells[row * columns.count + column]
    }

    package func type(_ column: Int) -> ColumnType {
        if cell(column).length < 0 { return .null }
        // What is no whole number is none of ours.
        if columns[column] == .numeric, unsafe ValueType.wholeNumber(bytes(column)) == nil {
            return .real
        }
        return columns[column].columnType
    }

    /// The value as a big-endian number, signed.
    package func integer(_ column: Int) -> Int64 {
        let bytes = unsafe bytes(column)
        if columns[column] == .numeric { return unsafe ValueType.wholeNumber(bytes) ?? 0 }
        // A bool, of one byte, has no sign.
        var value: Int64 = unsafe bytes.count > 1 && bytes[0] >= 0x80 ? -1 : 0
        for index in bytes.indices { value = unsafe value << 8 | Int64(bytes[index]) }
        return value
    }

    package func real(_ column: Int) -> Double {
        guard columns[column] != .numeric else { return .nan }
        return Double(bitPattern: UInt64(bitPattern: integer(column)))
    }

    @unsafe package func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        let cell = cell(column)
        guard cell.length > 0, let bytes = unsafe bytes else {
            return unsafe UnsafeBufferPointer(start: nil, count: 0)
        }
        return unsafe UnsafeBufferPointer(start: bytes + Int(cell.offset), count: Int(cell.length))
    }
}

/// What a CommandComplete says, such as "INSERT 0 1".
struct CommandTag {
    let text: String
    /// The number at its end.
    let rows: Int?

    init(_ text: String) throws(ProtocolViolation) {
        guard !text.isEmpty, text.utf8.count <= 64 else {
            throw ProtocolViolation("a command tag of \(text.utf8.count) bytes")
        }
        self.text = text
        var (number, scale) = (0, 1)
        for digit in text.utf8.reversed() {
            guard 0x30...0x39 ~= digit, scale <= 1_000_000_000_000_000 else { break }
            number += Int(digit - 0x30) * scale
            scale *= 10
        }
        rows = scale == 1 ? nil : number
    }

    /// Rows that the command changed itself.
    var changes: Int {
        text.hasPrefix("SELECT") || text.hasPrefix("FETCH") ? 0 : rows ?? 0
    }
}
