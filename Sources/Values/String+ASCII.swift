extension String {
    /// The text of bytes that our own code has made, each of them ASCII.
    package init(ascii bytes: Span<UInt8>) {
        do {
            self = String(copying: try UTF8Span(validating: bytes))
        } catch {
            preconditionFailure("our own bytes are ASCII")
        }
    }
}
