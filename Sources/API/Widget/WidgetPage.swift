import Registry

/// The page in the frame.
enum WidgetPage {
    private static let languages = ["en", "fr", "ar"]

    /// A language that the page speaks: `fr-CM` is French, and what it does not speak English.
    static func language(_ text: String?) -> String {
        let word = text?.lowercased().prefix { $0.isLetter } ?? ""
        return languages.first { $0 == word } ?? languages[0]
    }

    static func url(of session: WidgetSession, at base: String) -> String {
        "\(base)/widget/v1/frame?s=\(session.id)&theme=\(session.terms.theme.rawValue)"
            + "&lang=\(session.terms.language)"
    }
}
