/// Every route of the service, one line a family.
package enum Routes {
    package static let all: [Route] = [
        OperationsRoutes.all,
        TokenRoutes.all,
        PatientRoutes.all,
        ConsentRoutes.all,
        EmergencyAccessRoutes.all,
        RecordRoutes.all,
        SummaryRoutes.all,
        InventoryRoutes.all,
        ReconciliationRoutes.all,
        WebhookRoutes.all,
        AdminSessionRoutes.all,
        FacilityRoutes.all,
        ClientRoutes.all,
        AgentRoutes.all,
        APIKeyRoutes.all,
        AdminTokenRoutes.all,
        QuarantineRoutes.all,
        PendingRecordRoutes.all,
        DeliveryRoutes.all,
        DuplicateRoutes.all,
        AuditRoutes.all,
        StatisticsRoutes.all,
        SyncRoutes.all,
        BridgeRoutes.all,
        HealthcareRoutes.all,
        HealthcareListRoutes.all,
    ].flatMap { $0 }

    /// Every `/api/v1/…` answers under `/v1/…` too, the base of the documents' production URL.
    package static let served: [(route: Route, template: String)] = all.flatMap { route in
        route.template.hasPrefix("/api/v1/")
            ? [(route, route.template), (route, String(route.template.dropFirst("/api".count)))]
            : [(route, route.template)]
    }
}
