/// One command: its words, what it teaches by `--help`, and what it does.
struct Command: Sendable {
    struct Option: Sendable {
        let name: String
        /// What stands for the value; `nil` for a switch.
        let placeholder: String?
        let help: String
        var fallback: String?
        /// There is no doing without it.
        var isRequired = false

        static let prefix = "OPESCARE_"

        /// Its twin in the environment.
        var variable: String {
            Self.prefix + name.uppercased().replacing("-", with: "_")
        }
    }

    /// With its group: `client create`.
    let name: String
    let summary: String
    /// Positional words, in order.
    var words: [String] = []
    var options: [Option] = []
    /// Whether all options may come from the environment. What makes or ends something may not: a
    /// server's own settings are in the environment of its container, where OPESCARE_RATE_LIMIT is not
    /// the limit of a client that somebody registers there.
    var readsEnvironment = false
    /// Further paragraphs for `--help`.
    var notes = ""
    let run: @Sendable (Arguments) throws -> Void

    static let data = Option(
        name: "data", placeholder: "FOLDER", help: "holds everything: opescare.db and keys/",
        fallback: "./data")
    static let database = Option(
        name: "database", placeholder: "URL",
        help:
            "a postgres:// database in place of opescare.db; its password comes from the environment"
    )

    func mayComeFromEnvironment(_ option: Option) -> Bool {
        readsEnvironment || [Command.data.name, Command.database.name].contains(option.name)
    }

    var help: String {
        var text = "\(summary)\n\nUsage: opescare \(name)"
        for word in words { text += " \(word)" }
        for option in options where option.isRequired {
            text += " --\(option.name) \(option.placeholder ?? "")"
        }
        if options.contains(where: { !$0.isRequired }) { text += " [options]" }
        text += "\n"
        if !options.isEmpty { text += "\nOptions:\n" }
        for option in options {
            let left = "  --\(option.name)" + (option.placeholder.map { " \($0)" } ?? "")
            text += left + String(repeating: " ", count: max(2, 30 - left.count)) + option.help
            if option.isRequired { text += " (required)" }
            if let fallback = option.fallback { text += " (default \(fallback))" }
            text += "\n"
            if mayComeFromEnvironment(option) {
                text += String(repeating: " ", count: 30) + "or \(option.variable)\n"
            }
        }
        if !notes.isEmpty { text += "\n\(notes)\n" }
        return text
    }
}
