package import HTTP
import Synchronization

/// Counters and latencies per operation, one set per event loop, read together by `/metrics`.
package final class Metrics: Sendable {
    /// Upper bounds in microseconds.
    static let bounds: [Int] = [
        250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
        5_000_000,
    ]

    package struct Series: Sendable {
        /// By hundreds of the status: 1xx to 5xx. 501 and 505 count with 4xx.
        package var statuses = [Int](repeating: 0, count: 6)
        var buckets = [Int](repeating: 0, count: bounds.count + 1)
        var microseconds = 0
    }

    private final class Table: Sendable {
        let series: Mutex<[Series]>

        init(count: Int) {
            series = Mutex([Series](repeating: Series(), count: count))
        }
    }

    private let operations: [String]
    private let indexes: [ObjectIdentifier: Int]
    private let tables: [Table]

    package init(routes: [Route], loopCount: Int) {
        operations = routes.map(\.operation) + ["unmatched"]
        indexes = Dictionary(
            uniqueKeysWithValues: routes.enumerated().map { (ObjectIdentifier($1), $0) })
        let count = self.operations.count
        tables = (0..<max(1, loopCount)).map { _ in Table(count: count) }
    }

    /// - Parameter route: `nil` for what no route answered.
    package func record(
        _ route: Route?, _ status: HTTPStatus, _ duration: Duration, loop: Int
    ) {
        let index = route.flatMap { indexes[ObjectIdentifier($0)] } ?? operations.count - 1
        let microseconds = duration.microseconds
        let bucket = Metrics.bounds.firstIndex { microseconds <= $0 } ?? Metrics.bounds.count
        tables[loop % tables.count].series.withLock { series in
            series[index].statuses[status.hundredsAtFault] += 1
            series[index].buckets[bucket] += 1
            series[index].microseconds += microseconds
        }
    }

    /// Prometheus text, version 0.0.4.
    package func text(gauges: [(name: String, help: String, type: String, value: Int64)]) -> String
    {
        var total = [Series](repeating: Series(), count: operations.count)
        for table in tables {
            let series = table.series.withLock { $0 }
            for index in total.indices { total[index].add(series[index]) }
        }
        var text = "# HELP opescare_requests_total Requests answered, by class of status; 501 "
        text += "and 505, which the caller causes, count as 4xx.\n"
        text += "# TYPE opescare_requests_total counter\n"
        for (operation, series) in zip(operations, total) {
            for (hundreds, count) in series.statuses.enumerated() where count > 0 {
                text +=
                    "opescare_requests_total{operation=\"\(operation)\",status=\"\(hundreds)xx\"} \(count)\n"
            }
        }
        text += "# HELP opescare_request_duration_seconds Time from request to answer.\n"
        text += "# TYPE opescare_request_duration_seconds histogram\n"
        for (operation, series) in zip(operations, total)
        where series.buckets.contains(where: { $0 > 0 }) {
            text += series.histogram(operation)
        }
        for gauge in gauges {
            text += "# HELP \(gauge.name) \(gauge.help)\n# TYPE \(gauge.name) \(gauge.type)\n"
            text += "\(gauge.name) \(gauge.value)\n"
        }
        return text
    }
}

extension HTTPStatus {
    /// Whose doing it is. An unknown method or version of HTTP is the caller's, whatever its number
    /// says: nobody should be woken because a scanner came by.
    fileprivate var hundredsAtFault: Int {
        switch self {
        case .notImplemented, .httpVersionNotSupported: 4
        default: min(5, Int(code) / 100)
        }
    }
}

extension Metrics.Series {
    fileprivate mutating func add(_ other: Metrics.Series) {
        for index in statuses.indices { statuses[index] += other.statuses[index] }
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        microseconds += other.microseconds
    }

    fileprivate func histogram(_ operation: String) -> String {
        let name = "opescare_request_duration_seconds"
        var text = ""
        var cumulative = 0
        for (bound, count) in zip(Metrics.bounds, buckets) {
            cumulative += count
            let seconds = Double(bound) / 1_000_000
            text += "\(name)_bucket{operation=\"\(operation)\",le=\"\(seconds)\"} \(cumulative)\n"
        }
        cumulative += buckets[Metrics.bounds.count]
        text += "\(name)_bucket{operation=\"\(operation)\",le=\"+Inf\"} \(cumulative)\n"
        text += "\(name)_sum{operation=\"\(operation)\"} \(Double(microseconds) / 1_000_000)\n"
        text += "\(name)_count{operation=\"\(operation)\"} \(cumulative)\n"
        return text
    }
}
