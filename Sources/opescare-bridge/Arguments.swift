/// The command line, read.
struct Arguments: Equatable {
    enum Command: String, CaseIterable {
        case run, check, status, help, version
    }

    var command = Command.run
    var configuration = "bridge_config.json"
    var isOnce = false
    var isDryRun = false
    var isJSON = false
    /// Whose columns `check` shows.
    var files: [String] = []

    /// - Throws: `UsageError` naming the word that does not fit.
    init(_ words: [String]) throws(UsageError) {
        var rest = words[...]
        var hasCommand = false
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch String(parts.first ?? "") {
            case "--config", "-c":
                guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(),
                    !value.isEmpty
                else { throw UsageError("--config needs the name of a file.") }
                configuration = value
                continue
            case "--once": isOnce = true
            case "--dry-run": isDryRun = true
            case "--json": isJSON = true
            case "--help", "-h": command = .help
            case "--version", "-V": command = .version
            case let option where option.hasPrefix("-"):
                throw UsageError("There is no option \(option).")
            default:
                if hasCommand, command == .check, Command(rawValue: word) == nil {
                    files.append(word)
                    continue
                }
                guard !hasCommand else { throw UsageError("\"\(word)\" is one word too many.") }
                guard let named = Command(rawValue: word) else {
                    throw UsageError("There is no command \"\(word)\".")
                }
                hasCommand = true
                if command == .run { command = named }
                continue
            }
            guard parts.count == 1 else { throw UsageError("\(parts[0]) takes no value.") }
        }
        if isJSON, command != .status, command != .help, command != .version {
            throw UsageError("--json goes with status only.")
        }
        if isOnce, isDryRun { throw UsageError("--once and --dry-run exclude each other.") }
        if isOnce || isDryRun, command == .check || command == .status {
            throw UsageError("--once and --dry-run do not go with \(command.rawValue).")
        }
    }

    static let help = """
        opescare-bridge sends the CSV files of a folder to OpesCare.

        Usage (without --config, it is bridge_config.json in this folder):
          opescare-bridge --config bridge_config.json             run until stopped
          opescare-bridge --config bridge_config.json --once      send what is there, then end
          opescare-bridge --config bridge_config.json --dry-run   show what would be sent, send nothing
          opescare-bridge check  --config bridge_config.json      test folder, server and key;
                                 [FILE ...]       and show what the columns of files are read as
          opescare-bridge status --config bridge_config.json      show the queue; --json for programs
          opescare-bridge --help | --version

        First time:
          1. Write bridge_config.json, with what the administrator gave you:
             {"server_url": "https://api.opescare.org", "agent_id": "BRIDGE-...",
              "facility_id": "the facility's UUID",
              "connector": {"type": "csv_folder", "watch_folder": "./data/incoming"}}
          2. export OPESCARE_AGENT_KEY=the key that was shown when the agent was registered
          3. opescare-bridge check, then opescare-bridge --dry-run, then opescare-bridge.

        The name of a file tells what its rows are:
          patients_*.csv       first_name, last_name, dob, sex, phone
          encounters_*.csv     health_id, notes, severity, date
          lab_results_*.csv    health_id, test, result, flagged, date
          prescriptions_*.csv  health_id, medicine, dose, frequency
          also visits_ vitals_ diagnoses_ appointments_ payments_ pharmacy_stock_ blood_stock_

        A file that has been read moves to archive/. Rows that cannot be used are written to errors/,
        with row number and reason: correct them there and drop that file into the folder. Health
        IDs of a patients file are written beside it in archive/, as NAME.healthids.csv.

        OPESCARE_AGENT_KEY and OPESCARE_SERVER_URL win over the file. Folders in it are relative to
        the folder in which the agent is started.

        Exit status: 0 done; 1 failed, or with --once something is left to send; 2 misused, or a
        wrong configuration; 3 with --once or --dry-run: some rows or files are bad or refused, or
        with --once some files in the folder are not read.

        """
}

/// Words that make no command.
struct UsageError: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}
