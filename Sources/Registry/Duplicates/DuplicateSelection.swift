package import Identity
package import Values

/// Which open cases a list shows, and from where on.
package struct DuplicateSelection: Sendable {
    package enum Order: String, Sendable, CaseIterable {
        /// The most alike first; of those that are equally so the oldest.
        case certainty
        /// The oldest first.
        case age
    }

    package var order = Order.certainty
    package var band: PersonComparison.Band?
    /// Where the later one was registered.
    package var facilityID: String?
    /// Opened before this.
    package var openedBefore: Timestamp?
    /// The last case of the page before.
    package var last: (rank: Int64, id: String)?

    package init() {}
}
