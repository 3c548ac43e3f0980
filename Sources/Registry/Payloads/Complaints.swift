/// What is wrong with a request, by the path of each field, in the order in which it was found.
///
/// A request may have a complaint for each of its bytes. The first hundred paths are named, each with
/// a few messages; the rest are counted.
package struct Complaints: Sendable {
    package private(set) var named: [(path: String, messages: [String])] = []
    /// Complaints about further paths.
    package private(set) var unnamed = 0
    private var places: [String: Int] = [:]

    package init() {}

    private static let maximumPaths = 100
    private static let maximumMessages = 5

    package var isEmpty: Bool { named.isEmpty }

    package func contains(_ path: String) -> Bool { places[path] != nil }

    package mutating func add(_ message: String, at path: String) {
        if let place = places[path] {
            guard named[place].messages.count < Self.maximumMessages,
                !named[place].messages.contains(message)
            else { return }
            named[place].messages.append(message)
        } else if named.count < Self.maximumPaths {
            places[path] = named.count
            named.append((path, [message]))
        } else {
            unnamed += 1
        }
    }

    /// Those of an object within; what has a complaint already gets no second one.
    package mutating func take(_ other: Complaints) {
        for (path, messages) in other.named where !contains(path) {
            for message in messages { add(message, at: path) }
        }
        unnamed += other.unnamed
    }
}
