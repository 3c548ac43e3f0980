import Foundation
import HTTP
import JSON

/// What `opescare-bridge check` tells: whether everything that the agent needs is there, one line
/// each, with what to do where it is not.
package struct AgentCheck {
    package enum Result: Sendable, Equatable {
        case fine, doubtful, wrong
    }

    package struct Finding: Sendable, Equatable {
        package let what: String
        package let result: Result
        package let detail: String
    }

    private let configuration: AgentConfiguration

    package init(_ configuration: AgentConfiguration) { self.configuration = configuration }

    package func run() -> [Finding] {
        [
            folder("watched folder", configuration.watchFolder, mayBeMade: false),
            folder("archive folder", configuration.archiveFolder, mayBeMade: true),
            folder("errors folder", configuration.errorsFolder, mayBeMade: true),
            folder("state folder", configuration.stateFolder, mayBeMade: true), disk(),
        ] + server()
    }

    private func folder(_ what: String, _ path: String, mayBeMade: Bool) -> Finding {
        var place = path
        while mayBeMade, !Folder.exists(place), place != "/", place != "." {
            place = Folder.parent(of: place)
        }
        if let fault = Folder.fault(place, writing: true) {
            return Finding(what: what, result: .wrong, detail: fault)
        }
        let isNew = place != path
        return Finding(
            what: what, result: .fine, detail: isNew ? "\(path) (is made at the start)" : path)
    }

    private func disk() -> Finding {
        var place = configuration.stateFolder
        while !Folder.exists(place), place != "/", place != "." { place = Folder.parent(of: place) }
        guard let bytes = Folder.space(place)?.free else {
            return Finding(what: "disk space", result: .doubtful, detail: "unknown")
        }
        let megabytes = bytes >> 20
        return Finding(
            what: "disk space",
            result: megabytes < 100 ? .wrong : megabytes < 1024 ? .doubtful : .fine,
            detail: "\(megabytes) MiB free where the queue is"
                + (megabytes < 1024 ? ": free some space" : ""))
    }

    private func server() -> [Finding] {
        let client: BridgeClient
        do {
            client = try BridgeClient(configuration, clock: ServerClock(), clockChanged: { _ in })
        } catch {
            return [Finding(what: "server", result: .wrong, detail: error.description)]
        }
        defer { client.close() }
        do {
            var response = try client.status()
            // The first answer teaches the time.
            if response.status == 401 { response = try client.status() }
            return answered(response, client)
        } catch {
            return [
                Finding(what: "server", result: .wrong, detail: advice(error)),
                Finding(
                    what: "credentials", result: .doubtful, detail: "not tried without the server"),
            ]
        }
    }

    private func answered(_ response: ClientResponse, _ client: BridgeClient) -> [Finding] {
        let body = try? JSONDocument(response.content).root
        guard let result = credentials(response.status, body, client) else {
            return [
                Finding(
                    what: "server", result: .wrong,
                    detail: "answers \(response.status), which is no OpesCare answer: check "
                        + "server_url, and whether a sign-in page of the network is in the way")
            ]
        }
        let isTLS = configuration.serverURL.lowercased().hasPrefix("https://")
        let reached = Finding(
            what: "server", result: .fine,
            detail: configuration.serverURL
                + (isTLS ? ", its certificate is good" : ", without encryption"))
        return [reached, clock(client.serverClock), result]
    }

    /// Of an agent that may be running beside.
    private var queueDepth: Int {
        // A queue that cannot be read is no matter of credentials.
        (try? AgentStatus(queuePath: configuration.queuePath))?.queueDepth ?? 0
    }

    private func advice(_ failure: ClientFailure) -> String {
        let url = configuration.serverURL
        return switch failure {
        case .unresolvable:
            "\(url): \(failure). Check the name in server_url, and this machine's internet"
        case .tls:
            "\(url): \(failure). Check this machine's date, or set ca_file to the server's authority"
        case .unreachable, .timedOut:
            "\(url): \(failure). Check the internet, the firewall and the port in server_url"
        default: "\(url): \(failure)"
        }
    }

    private func clock(_ clock: ServerClock) -> Finding {
        let seconds = abs(clock.offset)
        guard seconds > 0 else {
            return Finding(what: "clock", result: .fine, detail: "agrees with the server's")
        }
        return Finding(
            what: "clock", result: seconds < 300 ? .fine : .doubtful,
            detail:
                "\(seconds) s \(clock.offset > 0 ? "behind" : "ahead of") the server's; the agent "
                + "corrects for it" + (seconds < 300 ? "" : ", but set this machine's date"))
    }

    /// `nil` when the answer is not one of ours.
    private func credentials(
        _ status: Int, _ body: JSONValue?, _ client: BridgeClient
    ) -> Finding? {
        switch status {
        case 200 where body?["agent_id"] != nil:
            let facility = body?["facility_id"]?.string
            // Whether a short name is that facility's, the server alone knows.
            if case .wrongFacility = client.heartbeat(queueDepth: queueDepth) {
                return Finding(
                    what: "credentials", result: .wrong,
                    detail: "the key is for facility \(facility ?? "?"), and facility_id is "
                        + "\(configuration.facilityID): correct it; until then nothing is sent")
            }
            return Finding(
                what: "credentials", result: .fine,
                detail: "accepted for \(configuration.agentID)"
                    + (facility.map { ", facility \($0)" } ?? ""))
        case 401, 403:
            guard let message = body?["message"]?.string else { return nil }
            return Finding(
                what: "credentials", result: .wrong,
                detail: message + " Check agent_id and OPESCARE_AGENT_KEY")
        case 429, 503:
            return Finding(
                what: "credentials", result: .doubtful,
                detail: "the server is busy (\(status)): try again")
        default: return nil
        }
    }
}
