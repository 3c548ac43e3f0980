/// The parameters of a matched route: their names, and offsets into the request's head.
package struct PathParameters: Sendable {
    /// More than any route needs; held in place, so a match allocates nothing.
    static let capacity = 8

    private let names: [[UInt8]]
    private var ranges = InlineArray<8, HeadRange>(repeating: HeadRange())

    init() { names = [] }

    init(names: [[UInt8]], ranges: InlineArray<8, HeadRange>) {
        self.names = names
        self.ranges = ranges
    }

    func range(of name: StaticString) -> Range<Int>? {
        for index in names.indices {
            let candidate = names[index]
            if candidate.span.matches(name) { return ranges[index].range }
        }
        return nil
    }
}
