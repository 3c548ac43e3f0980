import BridgeAgent
import CLinux
import Database
import Foundation

/// Runs what the words ask for; every failure ends in sentences and an exit status.
func run(_ words: [String]) -> Int32 {
    do {
        let arguments = try Arguments(words)
        switch arguments.command {
        case .help:
            Terminal.print(Arguments.help)
            return 0
        case .version:
            Terminal.print("opescare-bridge \(AgentVersion.current)")
            return 0
        case .run, .check, .status:
            let configuration = try AgentConfiguration(
                path: arguments.configuration,
                environment: ProcessInfo.processInfo.environment)
            return try run(arguments, configuration)
        }
    } catch let error as UsageError {
        Terminal.complain(error.message)
        Terminal.complain("See: opescare-bridge --help")
        return 2
    } catch let error as ConfigurationError {
        Terminal.complain(error.description)
        return 2
    } catch {
        // Every error type of ours describes itself for a technician, without secrets.
        Terminal.complain("\(error)")
        return 1
    }
}

func run(_ arguments: Arguments, _ configuration: AgentConfiguration) throws -> Int32 {
    switch arguments.command {
    case .status:
        let status = try AgentStatus(queuePath: configuration.queuePath)
        Terminal.print(
            arguments.isJSON
                ? String(decoding: status.json, as: UTF8.self) : status.text(configuration))
        return 0
    case .check: return check(configuration, arguments.files)
    default: break
    }
    for warning in configuration.warnings { Terminal.complain(warning) }
    if arguments.isDryRun {
        let bad = try DryRun(configuration) { Terminal.print($0) }.run()
        return bad == 0 ? 0 : 3
    }
    // A limit on the size of files (RLIMIT_FSIZE) is a full disk, and somebody who wants to write a
    // file that we look at is no reason to die either.
    _ = signal(SIGXFSZ, SIG_IGN)
    _ = signal(SIGIO, SIG_IGN)
    let log = AgentLog(
        level: configuration.logLevel, format: configuration.logFormat, output: .standardError)
    let display = ProgressDisplay()
    let signals = SignalSet([SIGTERM, SIGINT, SIGHUP])
    if !arguments.isOnce { signals.block() }
    let agent = try Agent(configuration, log: log) { display.show($0) }
    try agent.adopt()
    if arguments.isOnce { return try once(agent) }
    agent.start()
    _ = signals.wait()
    agent.stop()
    return 0
}

func once(_ agent: Agent) throws -> Int32 {
    switch try agent.once() {
    case .allDelivered:
        return 0
    case .someRefused(let count):
        Terminal.complain("Everything was sent; \(count) rows or files are in errors/.")
        return 3
    case .somePassedOver(let names, let refused):
        let more = names.count > 10 ? " and \(names.count - 10) more" : ""
        Terminal.complain(
            "Everything that was read was sent"
                + (refused > 0 ? "; \(refused) rows or files are in errors/" : "")
                + ". Not read: "
                + names.prefix(10).map(AgentLog.oneLine).joined(separator: ", ") + more
                + ". The warnings above and opescare-bridge status say what to do.")
        return 3
    case .left(let reason):
        Terminal.complain("Not everything was sent: \(reason). It stays in the queue.")
        return 1
    }
}

func check(_ configuration: AgentConfiguration, _ files: [String]) -> Int32 {
    let findings = AgentCheck(configuration).run()
    for finding in findings {
        let mark =
            switch finding.result {
            case .fine: "ok   "
            case .doubtful: "?    "
            case .wrong: "WRONG"
            }
        let name = finding.what.padding(toLength: 16, withPad: " ", startingAt: 0)
        Terminal.print("\(mark)  \(name)\(AgentLog.oneLine(finding.detail))")
    }
    for warning in configuration.warnings { Terminal.print("?      configuration   \(warning)") }
    var columns = ColumnCheck(configuration)
    for line in columns.lines(files) {
        // Headings come from elsewhere, and must not move a cursor.
        Terminal.print(
            line.split(separator: "\n").map { AgentLog.oneLine(String($0)) }.joined(separator: "\n")
        )
    }
    return findings.contains { $0.result == .wrong } ? 1 : 0
}

// The key and patients' data are in memory: neither a core file nor another process of the same user
// sees them.
if opescare_hide_memory() != 0 {
    Terminal.complain("The system lets core files of this process be written: \(errno).")
}
exit(run(Array(CommandLine.arguments.dropFirst())))
