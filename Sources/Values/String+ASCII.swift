extension String {
    /// The text of bytes that our own code has made, each of them ASCII: nobody checks them again.
    package init(ascii bytes: Span<UInt8>) {
        assert(bytes.indices.allSatisfy { bytes[$0] < 0x80 }, "not ASCII")
        self = unsafe String(copying: UTF8Span(unchecked: bytes, isKnownASCII: true))
    }
}
