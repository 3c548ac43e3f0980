package import JSON

extension JSONValue {
    /// The element of an array at a place; `nil` beyond its end.
    package func at(_ index: Int) -> JSONValue? {
        Array(elements.prefix(index + 1)).dropFirst(index).first
    }
}
