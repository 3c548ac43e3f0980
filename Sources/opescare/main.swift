import Crypto
import Foundation
import HTTP
import Database

/// Runs the command that the words name; every failure ends in one sentence and an exit status.
func run(_ words: [String]) -> Int32 {
    do {
        guard let first = words.first, !["help", "--help", "-h"].contains(first) else {
            if words.count > 1 {
                let (command, _) = try Commands.find(Array(words.dropFirst()))
                Terminal.print(command.help)
            } else {
                Terminal.print(Commands.overview)
            }
            return 0
        }
        let (command, rest) = try Commands.find(first == "--version" ? ["version"] : words)
        if rest.contains("--help") || rest.contains("-h") {
            Terminal.print(command.help)
            return 0
        }
        let arguments = try Arguments(
            rest, for: command, environment: ProcessInfo.processInfo.environment)
        // The server's command judges by its environment.
        if command.name != ServeCommand.serve.name, let text = arguments.unknownVariables {
            Terminal.complain(text)
        }
        try command.run(arguments)
        return 0
    } catch let error as UsageError {
        Terminal.complain(error.message)
        if let command = error.command {
            Terminal.complain("See: opescare \(command.name) --help")
        }
        return 2
    } catch let error as Failure {
        Terminal.complain(error.message)
        return 1
    } catch {
        // Every error type of ours describes itself for an operator, without secrets.
        Terminal.complain("\(error)")
        return 1
    }
}

StandardStreams.fill()
HiddenMemory.hide()
// A limit on the size of files (RLIMIT_FSIZE) is a full disk, not a reason to die.
_ = signal(SIGXFSZ, SIG_IGN)
exit(run(Array(CommandLine.arguments.dropFirst())))
