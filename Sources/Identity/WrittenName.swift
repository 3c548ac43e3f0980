/// A name taken apart once, for all that is worked out of it.
struct WrittenName: Sendable {
    let name: PersonName
    let given: NameTokens
    let family: NameTokens
    /// Both parts are there, and are a word for "no name yet".
    let saysNothing: Bool

    init(first: String, last: String) {
        let (given, family) = (PersonName.tokens(of: first), PersonName.tokens(of: last))
        name = PersonName(given: given, family: family)
        self.given = NameTokens(words: given)
        self.family = NameTokens(words: family)
        saysNothing = !first.isEmpty && !last.isEmpty && name.isPlaceholder
    }
}
