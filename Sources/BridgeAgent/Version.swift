/// The agent's own version: agents and servers are upgraded at different times.
package enum AgentVersion {
    package static let current = "0.1.0"
}
