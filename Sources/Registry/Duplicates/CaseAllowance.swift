/// How many cases the registrations of one request open. A list of people with alike names would
/// otherwise fill the review queue with thousands of cases of each with each.
package struct CaseAllowance: Sendable {
    /// Most that one registration opens, the most alike first.
    private static let perPerson = 5
    /// Once a request has opened so many, each further registration opens one, so that nobody who looks
    /// like another goes without.
    private static let perRequest = 500

    private(set) var opened = 0
    /// Pairs that have no case because there were enough: the answer tells how many.
    package private(set) var leftOut = 0

    package init() {}

    /// Of those who look like one person, the most alike first, whom to open a case with.
    mutating func take<Other>(_ others: [Other]) -> ArraySlice<Other> {
        let taken = others.prefix(opened < Self.perRequest ? Self.perPerson : 1)
        opened += taken.count
        leftOut += others.count - taken.count
        return taken
    }

    /// One more that has no case, because there are enough of its kind.
    mutating func leaveOut() { leftOut += 1 }
}
