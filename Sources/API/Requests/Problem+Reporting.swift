import Registry
import Database

extension Problem {
    /// What the caller is told of any error: a problem as it is, an exhausted store as 503, and
    /// everything else as one fixed sentence whose cause only the log has.
    package init(reporting error: any Error) {
        if let problem = Problem(refusing: error) {
            self = problem
            return
        }
        switch error {
        case DatabaseError.overloaded, DatabaseError.busy, DatabaseError.closed:
            self.init(.overloaded, "The server is busy. Try again in a second.")
            responseFields = [("Retry-After", "1")]
            cause = "\(error)"
        case DatabaseError.full, DatabaseError.readOnly, DatabaseError.ioError:
            self.init(
                .overloaded, "The server cannot store anything at the moment. Try again later.")
            responseFields = [("Retry-After", "30")]
            cause = "\(error)"
        case DatabaseError.unavailable, DatabaseError.refused, DatabaseError.conflict:
            self.init(
                .overloaded, "The database cannot be reached at the moment. Try again in a second.")
            responseFields = [("Retry-After", "1")]
            cause = "\(error)"
        case DatabaseError.migration(let reason):
            self.init(.overloaded, "This server is to be replaced: " + reason + ".")
            responseFields = [("Retry-After", "30")]
            cause = reason
        case DatabaseError.inDoubt:
            self.init(
                .overloaded,
                "Whether this was stored is not known. Send it again, with the same Idempotency-Key if it "
                    + "had one.")
            responseFields = [("Retry-After", "2")]
            cause = "\(error)"
        case DatabaseError.server(sqlState: "22021", _):
            self.init(.validationFailed, "Text must not contain U+0000.")
        case is CancellationError:
            self.init(.overloaded, "The caller left before it had its turn.")
        case DatabaseError.unreadable(let row):
            self.init(Refusal(unreadable: row))
            cause = "\(error)"
        default:
            self.init(
                .internalError,
                "Something went wrong on our side. Quote the request_id when you report it.")
            cause = Problem.cause(of: error)
        }
    }

    /// What the log says of an error. The type only, where it is not ours: a description may hold
    /// anything.
    static func cause(of error: any Error) -> String {
        error is DatabaseError ? "\(error)" : "\(type(of: error))"
    }
}
