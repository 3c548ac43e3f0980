/// Takes the chunked coding off content (RFC 9112 §7.1). Extensions and trailer fields are checked
/// for form, bounded, and dropped.
struct ChunkedDecoder {
    private enum State {
        /// Hexadecimal digits of a size: `digits` read so far. Goes to `extensions`, `sizeEnd`.
        case size(digits: Int)
        /// After a size; until a ';' has come only blanks may. Goes to `sizeEnd`.
        case extensions(begun: Bool)
        /// The line feed of a size line. Goes to `content`, or `trailerStart` after size 0.
        case sizeEnd
        /// `remaining` bytes of this chunk. Goes to `contentReturn`.
        case content
        /// CR after a chunk, then its LF. Goes to `size`.
        case contentReturn
        case contentEnd
        /// At the start of a trailer line. Goes to `trailerName` or `lastEnd`.
        case trailerStart
        case trailerName
        case trailerValue
        case trailerEnd
        case lastEnd
        case complete
    }

    /// Sizes beyond eight digits are refused: 4 GiB is far above any limit on content.
    static let sizeDigits = 8
    /// Of all size lines of one message, so a flood of extensions on tiny chunks ends.
    static let extensionBytes = 4096
    static let trailerBytes = 8192

    private var state = State.size(digits: 0)
    private var remaining = 0
    private var extensionCount = 0
    private var trailerCount = 0

    var isComplete: Bool { if case .complete = state { true } else { false } }

    /// Decodes from the front of `bytes`, appending content to `content`.
    ///
    /// Returns how many bytes it used: all of them until the content is complete.
    /// - Parameter limit: the most content accepted, in bytes.
    mutating func decode(
        _ bytes: Span<UInt8>, into content: inout [UInt8], limit: Int
    ) throws(HTTPFailure) -> Int {
        var index = 0
        while index < bytes.count {
            if case .content = state {
                let count = min(remaining, bytes.count - index)
                content.append(bytes.extracting(index..<(index + count)))
                index += count
                remaining -= count
                if remaining == 0 { state = .contentReturn }
                continue
            }
            try step(bytes[index])
            index += 1
            if case .complete = state { return index }
            if case .content = state, content.count + remaining > limit {
                throw .contentTooLarge
            }
        }
        return index
    }

    /// One byte of anything but content.
    private mutating func step(_ octet: UInt8) throws(HTTPFailure) {
        switch state {
        case .size(let digits):
            if let digit = Octet.hexadecimal(octet) {
                guard digits < Self.sizeDigits else { throw .malformedChunk }
                remaining = (digits == 0 ? 0 : remaining) << 4 | Int(digit)
                state = .size(digits: digits + 1)
            } else {
                guard digits > 0 else { throw .malformedChunk }
                if octet == Octet.carriageReturn {
                    state = .sizeEnd
                } else {
                    try readExtension(octet, begun: false)
                }
            }
        case .extensions(let begun): try readExtension(octet, begun: begun)
        case .sizeEnd:
            guard octet == Octet.lineFeed else { throw .malformedChunk }
            state = remaining == 0 ? .trailerStart : .content
        case .contentReturn:
            guard octet == Octet.carriageReturn else { throw .malformedChunk }
            state = .contentEnd
        case .contentEnd:
            guard octet == Octet.lineFeed else { throw .malformedChunk }
            state = .size(digits: 0)
        case .trailerStart, .trailerName, .trailerValue, .trailerEnd:
            try trailer(octet)
        case .lastEnd:
            guard octet == Octet.lineFeed else { throw .malformedChunk }
            state = .complete
        case .content, .complete:
            break
        }
    }

    /// An extension starts with ';', blanks before it being tolerated, and may hold what a field
    /// value may; a bare line feed or any other control ends the request.
    private mutating func readExtension(_ octet: UInt8, begun: Bool) throws(HTTPFailure) {
        if begun, octet == Octet.carriageReturn {
            state = .sizeEnd
            return
        }
        extensionCount += 1
        let starts = octet == UInt8(ascii: ";")
        guard begun ? Octet.isFieldValue(octet) : starts || Octet.isBlank(octet),
            extensionCount <= Self.extensionBytes
        else { throw .malformedChunk }
        state = .extensions(begun: begun || starts)
    }

    private mutating func trailer(_ octet: UInt8) throws(HTTPFailure) {
        trailerCount += 1
        guard trailerCount <= Self.trailerBytes else { throw .fieldsTooLarge }
        switch state {
        case .trailerStart where octet == Octet.carriageReturn: state = .lastEnd
        case .trailerStart where Octet.isToken(octet): state = .trailerName
        case .trailerName where octet == UInt8(ascii: ":"): state = .trailerValue
        case .trailerName where Octet.isToken(octet): break
        case .trailerValue where octet == Octet.carriageReturn: state = .trailerEnd
        case .trailerValue where Octet.isFieldValue(octet): break
        case .trailerEnd where octet == Octet.lineFeed: state = .trailerStart
        default: throw .malformedChunk
        }
    }
}

extension Array<UInt8> {
    /// Appends a copy of `bytes`.
    mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
