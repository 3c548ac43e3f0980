/// What the connections to a database's servers have done since the process started, for the metrics page.
package struct ConnectionStatistics: Sendable, Hashable {
    /// Connections made.
    package let opened: Int
    /// How often no host would do.
    package let outages: Int
    /// Connections that were given up since another host had been promoted.
    package let superseded: Int
    /// How often a connection waited for an answer.
    package let roundTrips: Int
    /// Of the primary (PostgreSQL 15, § 26.3.5); 0 where it is not told.
    package let timeline: Int
    /// The last host that was connected to, with its port.
    package let host: String

    package init(
        opened: Int, outages: Int, superseded: Int, roundTrips: Int, timeline: Int, host: String
    ) {
        self.opened = opened
        self.outages = outages
        self.superseded = superseded
        self.roundTrips = roundTrips
        self.timeline = timeline
        self.host = host
    }
}
