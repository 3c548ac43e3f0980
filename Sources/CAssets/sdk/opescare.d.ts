/** The types of opescare.mjs. Members that a newer server adds are unknown here, and there. */

export interface Options {
  /** A client's id and secret, or an SDK token. */
  clientId?: string;
  clientSecret?: string;
  token?: string;
  /** Where baseUrl is not given: sandbox is http://opescare.test. */
  environment?: "sandbox" | "production";
  baseUrl?: string;
  /** Narrows what the client's token does: words separated by spaces. */
  scope?: string;
  /** Seconds of one try, 30, and of a whole call, 60. */
  timeout?: number;
  totalTimeout?: number;
  /** How often a call is tried, 4. */
  maxTries?: number;
  /** Which person acts, for the audit log; or what says who it is now. */
  actingUser?: string | (() => string | null | undefined);
}

export declare class OpesCareError extends Error {
  /** HTTP's, 0 when there was no answer. */
  readonly status: number;
  readonly statusCode: number;
  /** The server's word, such as consent_required. */
  readonly code: string | null;
  readonly requestId: string | null;
  /** The complaints by field. */
  readonly errors: Record<string, string[]>;
  readonly responseBody: Record<string, unknown>;
  /** Seconds. */
  readonly retryAfter: number | null;
}
export declare class AuthenticationError extends OpesCareError {}
export declare class AuthorizationError extends OpesCareError {}
export declare class ConsentRequiredError extends AuthorizationError {}
export declare class ValidationError extends OpesCareError {}
export declare class NotFoundError extends OpesCareError {}
export { NotFoundError as NotFoundException };
export declare class IdempotencyConflictError extends OpesCareError {}
export declare class RateLimitError extends OpesCareError {}
export declare class ServerError extends OpesCareError {}
export declare class NetworkError extends OpesCareError {}
export declare class WebhookSignatureError extends OpesCareError {}

export interface WebhookEvent {
  id: string;
  type: string;
  version: string;
  created_at: string;
  data: Record<string, unknown>;
  meta: Record<string, unknown>;
}

/** Throws WebhookSignatureError unless the secret signed the body, within `tolerance` seconds (300). */
export declare function verifySignature(
  rawPayload: string | Uint8Array, signatureHeader: string, secret: string, tolerance?: number): void;
export declare function parseEvent(rawPayload: string | Uint8Array): WebhookEvent;

declare class Module {}
declare class WebhookModule extends Module {
  verifySignature: typeof verifySignature;
  parseEvent: typeof parseEvent;
}

export declare class OpesCareClient {
  constructor(options: Options);
  static create(options: Options): Promise<OpesCareClient>;
}
export interface OpesCareClient extends ClientModules {}

export declare class OpesCareSDK {
  constructor(options: Options);
  static create(options: Options): Promise<OpesCareSDK>;
  introspect(): Promise<Record<string, unknown>>;
  facility(facilityId: string): {
    get(): Promise<Record<string, unknown>>;
    stock(fields?: Record<string, unknown>): Promise<Record<string, unknown>>;
  };
}
export interface OpesCareSDK extends SDKModules {}

// Made by scripts/sdk from openapi.yaml: begin.

export declare class Patients extends Module {
  /** Who looked at a patient's chart, newest first. */
  getPatientAccessLog(healthId: string, fields?: { limit?: number; cursor?: string; purpose?: string; [name: string]: unknown }): Promise<PatientAccessLog>;
  /** Look up a patient by Health ID. */
  find(healthId?: HealthId, fields?: { purpose?: string; [name: string]: unknown }): Promise<Patient>;
  /** Look for patients by phone, national id, Health ID or exact demographics. */
  search(fields?: { search_type?: "health_id" | "phone" | "national_id" | "demographic"; query?: string | null; health_id?: string | null; phone_number?: string | null; national_id?: string | null; first_name?: PersonName; last_name?: PersonName; date_of_birth?: string | null; country_code?: CountryCode; purpose?: PlainText; [name: string]: unknown }): Promise<SearchPatientsResponse>;
  /** Put right what is registered of a patient. */
  correctPatient(healthId: string, fields?: { reason?: CorrectionReason; first_name?: PersonName; last_name?: PersonName; date_of_birth?: string | null; sex?: "male" | "female" | "other" | "M" | "F" | "O" | null; phone_number?: string | null; national_id?: string | null; address?: CorrectedAddress; blood_type?: ToldBloodType; allergies?: ToldAllergies; deceased?: boolean | null; date_of_death?: string | null; remove?: ("sex" | "phone_number" | "national_id" | "address" | "address.line" | "address.district" | "address.city" | "address.state" | "address.postal_code" | "blood_type" | "allergies" | "date_of_death")[] | null; verification_method?: VerificationMethod; document_kind?: VerificationDocument; [name: string]: unknown }, idempotencyKey?: string): Promise<PatientCorrected>;
  /** Say that somebody made sure who a patient is. */
  verifyPatient(healthId: string, fields?: { verification_method?: "document" | "biometric" | "registry" | "witness"; document_kind?: VerificationDocument; reason?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<PatientCorrected>;
  /** What was corrected of a patient, newest first. */
  listPatientCorrections(healthId: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): Promise<ListPatientCorrectionsResponse>;
  /** Take a correction back. */
  undoPatientCorrection(healthId: string, correctionId: string, fields?: { reason?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<UndonePatientCorrection>;
  /** Demographics, allergies, active medications, recent labs and visits; needs consent. */
  getSummary(healthId: string): Promise<GetPatientSummaryResponse>;
  /** Blood type and allergies; medications where consent or break-glass opens them. */
  getEmergencyProfile(healthId: string): Promise<GetEmergencyProfileResponse>;
}

export declare class HealthIds extends Module {
  /** Find a patient's Health ID, or register the patient. */
  resolve(fields?: { health_id?: string | null; first_name?: PersonName; last_name?: PersonName; date_of_birth?: string | null; country_code?: CountryCode; sex?: "male" | "female" | "other" | "M" | "F" | "O" | null; phone_number?: string | null; national_id?: string | null; blood_type?: ToldBloodType; allergies?: ToldAllergies; purpose?: string | null; external_reference?: string | null; dry_run?: boolean | null; confirmed_by?: string | null; replaces?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<Resolution>;
  /** Check a Health ID's form and whether it is registered. */
  verify(healthId: string): Promise<Verification>;
}

export declare class Consents extends Module {
  /** What this patient allows your client to read. */
  get(healthId: string): Promise<Consent>;
  /** Record that the patient granted consent to your client. */
  grant(healthId: string, fields?: { consent_type?: ConsentScope | ConsentScope[]; expires_at?: string; purpose?: PlainText; verification_method?: PlainText; [name: string]: unknown }, idempotencyKey?: string): Promise<Consent>;
  /** End every consent of this patient for your client, at once. */
  revoke(healthId: string, fields?: { reason?: PlainText; [name: string]: unknown }, idempotencyKey?: string): Promise<Consent>;
  /** Ask for consent; a later grant answers it. */
  request(healthId: HealthId, fields?: { purpose?: RequiredText; requested_scopes?: ConsentScope[]; validity_period_days?: number | null; [name: string]: unknown }, idempotencyKey?: string): Promise<Consent>;
  /** Is there consent for this scope now? */
  verify(healthId: HealthId, scope: ConsentScope, fields?: { [name: string]: unknown }): Promise<VerifyConsentResponse>;
  /** Break-glass. Open the whole record for an hour, on your word and on record. */
  requestEmergencyAccess(healthId: HealthId, reason: string, emergencyType?: RequiredText, fields?: { [name: string]: unknown }, idempotencyKey?: string): Promise<RequestEmergencyAccessResponse>;
}

export declare class Widget extends Module {
  /** Open a widget session. */
  createWidgetSession(fields?: { health_id?: string | null; allowed_origins?: string | string[]; facility_id?: string | null; widget_type?: "patient_summary" | "health_id_verify" | "consent_request" | null; scopes?: ConsentScope | ConsentScope[]; allow_consent?: boolean | null; language?: string | null; theme?: "light" | "dark" | "auto" | null; expires_in?: number | null; actor?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<WidgetSession>;
  /** End a widget session, at once. */
  endWidgetSession(sessionId: string): Promise<EndedWidgetSession>;
  /** Open a widget session; the shorter spelling of `createWidgetSession`. */
  createWidgetSessionShort(fields?: { health_id?: string | null; allowed_origins?: string | string[]; facility_id?: string | null; widget_type?: "patient_summary" | "health_id_verify" | "consent_request" | null; scopes?: ConsentScope | ConsentScope[]; allow_consent?: boolean | null; language?: string | null; theme?: "light" | "dark" | "auto" | null; expires_in?: number | null; actor?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<WidgetSession>;
  /** End a widget session; the shorter spelling of `endWidgetSession`. */
  endWidgetSessionShort(sessionId: string): Promise<EndedWidgetSession>;
}

export declare class Records extends Module {
  /** A patient's records, newest first; needs an active consent that covers the type. */
  list(healthId: string, fields?: { type?: "diagnoses" | "prescriptions" | "lab_results" | "vitals" | "encounters" | "all"; from?: string; to?: string; limit?: number; cursor?: string; purpose?: string; [name: string]: unknown }): Promise<RecordPage>;
  /** A patient's records, newest first; needs an active consent that covers the type. */
  pages(healthId: string, fields?: { type?: "diagnoses" | "prescriptions" | "lab_results" | "vitals" | "encounters" | "all"; from?: string; to?: string; limit?: number; cursor?: string; purpose?: string; [name: string]: unknown }): AsyncGenerator<RecordPage>;
  /** Add an encounter, with its diagnoses and vitals. */
  pushEncounter(fields?: { health_id?: HealthId; external_encounter_id?: PlainText; encounter_type?: PlainText; clinical_note?: string | null; notes?: string | null; severity?: string | null; occurred_at?: string | null; encounter?: { type?: PlainText; started_at?: string | null; ended_at?: string | null; notes?: string | null; chief_complaint?: string | null; diagnoses?: { system?: PlainText; code: Identifier; display?: PlainText; [name: string]: unknown }[] | null; vitals?: { name: RequiredText; value: number | RequiredText; unit?: string | null; [name: string]: unknown }[] | null; [name: string]: unknown } | null; [name: string]: unknown }, idempotencyKey?: string): Promise<AcceptedRecord>;
  /** Add a lab result. */
  pushLabResult(fields?: { health_id?: HealthId; test_name?: RequiredText; result_value?: number | RequiredText; unit?: string | null; reference_range?: PlainText; flagged?: boolean | string | null; flag_level?: string | null; interpretation?: string | null; external_lab_order_id?: PlainText; occurred_at?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<AcceptedRecord>;
  /** Add a prescription. */
  pushPrescription(fields?: { health_id?: HealthId; medication_name?: RequiredText; dose?: PlainText; frequency?: PlainText; duration?: PlainText; external_prescription_id?: PlainText; alert_type?: PlainText; status?: string | null; occurred_at?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<AcceptedRecord>;
}

export declare class Inventory extends Module {
  /** A pharmacy's stock, as it last reported it. */
  pharmacy(facilityId: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): Promise<GetPharmacyStockResponse>;
  /** A pharmacy's stock, as it last reported it. */
  eachPharmacyItem(facilityId: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): AsyncGenerator<GetPharmacyStockResponse["items"][number]>;
  /** A blood bank's units by group and component, as it last reported them. */
  blood(facilityId: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): Promise<GetBloodStockResponse>;
  /** A blood bank's units by group and component, as it last reported them. */
  eachBloodItem(facilityId: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): AsyncGenerator<GetBloodStockResponse["items"][number]>;
  /** Report your facility's pharmacy stock; good items are stored, the others listed. */
  syncPharmacyStock(fields?: { facility_reference?: PlainText; items?: { drug_code: Identifier; name?: PlainText; batch?: PlainText; quantity: number; unit?: string | null; expiry?: string | null; reorder_level?: number | null; [name: string]: unknown }[]; [name: string]: unknown }, idempotencyKey?: string): Promise<StockSyncAnswer>;
  /** Report your facility's blood; unscreened and expired units are left out and listed. */
  syncBloodStock(fields?: { facility_reference?: PlainText; items?: { blood_group: "A+" | "A-" | "B+" | "B-" | "AB+" | "AB-" | "O+" | "O-"; component: BloodComponent; batch?: PlainText; donation_number?: string; units?: number; expiry?: string | null; screening: "screened"; [name: string]: unknown }[]; [name: string]: unknown }, idempotencyKey?: string): Promise<StockSyncAnswer>;
}

export declare class Payments extends Module {
  /** Record your facility's or the provider's side of one payment, or of up to 5,000. */
  record(fields?: { payments?: Payment[]; [name: string]: unknown }, idempotencyKey?: string): Promise<RecordPaymentsResponse>;
  /** One day's payments from both sides, and where they disagree. */
  reconciliation(date?: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): Promise<Reconciliation>;
  /** One day's payments from both sides, and where they disagree. */
  eachReconciliationPage(date?: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): AsyncGenerator<Reconciliation>;
}

export declare class Webhooks extends WebhookModule {
  /** The events that you may see, oldest first, for a receiver that was down. */
  events(fields?: { after?: string; limit?: number; cursor?: string; [name: string]: unknown }): Promise<ListEventsResponse>;
  /** The events that you may see, oldest first, for a receiver that was down. */
  eachEvent(fields?: { after?: string; limit?: number; cursor?: string; [name: string]: unknown }): AsyncGenerator<ListEventsResponse["events"][number]>;
  /** Deliver one event again, to each of your subscriptions that takes it. */
  replay(eventId: string, idempotencyKey?: string): Promise<ReplayEventResponse>;
  /** What was delivered, what waits and what failed, newest first. */
  deliveries(fields?: { subscription_id?: string; state?: DeliveryState; limit?: number; cursor?: string; [name: string]: unknown }): Promise<ListDeliveriesResponse>;
  /** What was delivered, what waits and what failed, newest first. */
  eachDelivery(fields?: { subscription_id?: string; state?: DeliveryState; limit?: number; cursor?: string; [name: string]: unknown }): AsyncGenerator<ListDeliveriesResponse["deliveries"][number]>;
  /** Subscribe a URL to events. */
  subscribe(callbackUrl: string, subscribedEvents: EventType[], description?: string | null, fields?: { webhook_secret?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<SubscriptionWithSecret>;
  /** Your active subscriptions, without their secrets. */
  list(): Promise<ListSubscriptionsResponse>;
  /** End a subscription; what waits for it is not delivered any more. */
  unsubscribe(subscriptionId: string): Promise<Record<string, never>>;
  /** Get a new secret. */
  rotateSecret(subscriptionId: string, fields?: { overlap_seconds?: number | null; [name: string]: unknown }, idempotencyKey?: string): Promise<SubscriptionWithSecret>;
  /** Deliver a period's events again. */
  replaySubscription(subscriptionId: string, fields?: { from?: string; to?: string | null; cursor?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<ReplaySubscriptionResponse>;
}

export declare class SDKWidget extends Module {
  /** Open a widget session. */
  createWidgetSession(fields?: { healthId?: string | null; allowedOrigins?: string | string[]; facilityId?: string | null; widgetType?: "patient_summary" | "health_id_verify" | "consent_request" | null; scopes?: ConsentScope | ConsentScope[]; allowConsent?: boolean | null; language?: string | null; theme?: "light" | "dark" | "auto" | null; expiresIn?: number | null; actor?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<WidgetSession>;
  /** End a widget session, at once. */
  endWidgetSession(sessionId: string): Promise<EndedWidgetSession>;
  /** Open a widget session; the shorter spelling of `createWidgetSession`. */
  createWidgetSessionShort(fields?: { healthId?: string | null; allowedOrigins?: string | string[]; facilityId?: string | null; widgetType?: "patient_summary" | "health_id_verify" | "consent_request" | null; scopes?: ConsentScope | ConsentScope[]; allowConsent?: boolean | null; language?: string | null; theme?: "light" | "dark" | "auto" | null; expiresIn?: number | null; actor?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<WidgetSession>;
  /** End a widget session; the shorter spelling of `endWidgetSession`. */
  endWidgetSessionShort(sessionId: string): Promise<EndedWidgetSession>;
}

export declare class SDKAppointments extends Module {
  /** A day of your own facility, by time. */
  list(fields?: { facilityId?: string; date?: string; limit?: number; cursor?: string; [name: string]: unknown }): Promise<SDKAppointmentsData["appointments"][number][]>;
  /** Book a patient at your own facility. */
  create(fields?: { healthId?: RequiredText; facilityId?: PlainText; scheduledAt?: string; reason?: string | null; appointmentType?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<SDKAppointment>;
  /** One appointment of your own facility. */
  get(appointmentId: string): Promise<SDKAppointment>;
  /** Cancel an appointment; one that is cancelled stays as it is. */
  cancel(appointmentId: string, idempotencyKey?: string): Promise<SDKAppointment>;
}

export declare class SDKFacilities extends Module {
  /** Your own facility, by id or reference. */
  get(facilityId: string): Promise<SDKFacility>;
  /** What your own facility's pharmacy has of each medicine. */
  stock(facilityId: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): Promise<SDKStock>;
  /** What your own facility's pharmacy has of each medicine. */
  eachStockItem(facilityId: string, fields?: { limit?: number; cursor?: string; [name: string]: unknown }): AsyncGenerator<SDKStock["items"][number]>;
}

export declare class SDKTokens extends Module {
  /** What the token that you send may do. */
  introspect(): Promise<SDKTokenIntrospection>;
}

export declare class SDKPatients extends Module {
  /** Who is registered under a Health ID; as `searchPatient`. */
  get(healthId: string): Promise<Patient>;
  /** Demographics, allergies, active medications, recent labs and visits; needs consent. */
  getSummary(healthId: string): Promise<SDKPatientSummary>;
  /** A patient's visits, newest first; needs consent. */
  encounters(healthId: string, fields?: { from?: string; to?: string; limit?: number; cursor?: string; [name: string]: unknown }): Promise<SDKEncounters>;
  /** A patient's visits, newest first; needs consent. */
  eachEncounter(healthId: string, fields?: { from?: string; to?: string; limit?: number; cursor?: string; [name: string]: unknown }): AsyncGenerator<SDKEncounters["encounters"][number]>;
}

export declare class SDKWebhooks extends WebhookModule {
  /** Subscribe a URL to events; as `createSubscription`. */
  subscribe(fields?: { callbackUrl?: string; subscribedEvents?: EventType[]; description?: string | null; webhookSecret?: string | null; [name: string]: unknown }, idempotencyKey?: string): Promise<SubscriptionWithSecret>;
  /** Your client's active subscriptions, without their secrets. */
  list(): Promise<ListSubscriptionsResponse>;
  /** End a subscription; what waits for it is not delivered any more. */
  unsubscribe(subscriptionId: string): Promise<SDKSubscriptionDeleted>;
}

export interface ClientModules {
  readonly patients: Patients;
  readonly healthIds: HealthIds;
  readonly consents: Consents;
  readonly widget: Widget;
  readonly records: Records;
  readonly inventory: Inventory;
  readonly payments: Payments;
  readonly webhooks: Webhooks;
}

export interface SDKModules {
  readonly widget: SDKWidget;
  readonly appointments: SDKAppointments;
  readonly facilities: SDKFacilities;
  readonly tokens: SDKTokens;
  readonly patients: SDKPatients;
  readonly webhooks: SDKWebhooks;
}

export type AcceptedRecord = { status: "accepted"; record_id: string; opescare_record_id: string; health_id: string; sync_status: "synced"; received_at: string; version: number; amended?: boolean; duplicate?: boolean; [name: string]: unknown };

export type BloodComponent = "whole_blood" | "packed_cells" | "plasma" | "platelets";

export type BloodType = "A+" | "A-" | "B+" | "B-" | "AB+" | "AB-" | "O+" | "O-" | null;

export type Consent = { health_id: string; status?: "granted" | "pending" | "denied"; consent_status: "granted" | "pending" | "denied"; state: ConsentState; consent_id: string | null; consent_type: string | null; granted_at: string | null; expires_at: string | null; purpose?: string; warnings?: string[]; [name: string]: unknown };

export type ConsentScope = "full_record" | "diagnoses" | "prescriptions" | "lab_results" | "vitals" | "encounters" | "patient:diagnostics:read" | "lab:results:read" | "patients:read" | "patient.summary" | "labs:read" | "prescriptions:read";

export type ConsentState = "active" | "pending" | "denied" | "revoked" | "expired" | "none";

export type CorrectedAddress = { line?: string | null; district?: string | null; city?: string | null; state?: string | null; postal_code?: string | null; [name: string]: unknown } | null;

export type CorrectedPatient = { name: string; first_name: string; last_name: string; date_of_birth: string; sex?: string | null; blood_type?: string | null; blood_group?: string | null; allergies?: string[]; country_code?: string; phone_number?: string | null; verification_status: "unverified" | "verified"; identity_status?: "active" | "merged"; [name: string]: unknown };

export type CorrectionReason = string;

export type CountryCode = "AD" | "AE" | "AF" | "AG" | "AI" | "AL" | "AM" | "AO" | "AQ" | "AR" | "AS" | "AT" | "AU" | "AW" | "AX" | "AZ" | "BA" | "BB" | "BD" | "BE" | "BF" | "BG" | "BH" | "BI" | "BJ" | "BL" | "BM" | "BN" | "BO" | "BQ" | "BR" | "BS" | "BT" | "BV" | "BW" | "BY" | "BZ" | "CA" | "CC" | "CD" | "CF" | "CG" | "CH" | "CI" | "CK" | "CL" | "CM" | "CN" | "CO" | "CR" | "CU" | "CV" | "CW" | "CX" | "CY" | "CZ" | "DE" | "DJ" | "DK" | "DM" | "DO" | "DZ" | "EC" | "EE" | "EG" | "EH" | "ER" | "ES" | "ET" | "FI" | "FJ" | "FK" | "FM" | "FO" | "FR" | "GA" | "GB" | "GD" | "GE" | "GF" | "GG" | "GH" | "GI" | "GL" | "GM" | "GN" | "GP" | "GQ" | "GR" | "GS" | "GT" | "GU" | "GW" | "GY" | "HK" | "HM" | "HN" | "HR" | "HT" | "HU" | "ID" | "IE" | "IL" | "IM" | "IN" | "IO" | "IQ" | "IR" | "IS" | "IT" | "JE" | "JM" | "JO" | "JP" | "KE" | "KG" | "KH" | "KI" | "KM" | "KN" | "KP" | "KR" | "KW" | "KY" | "KZ" | "LA" | "LB" | "LC" | "LI" | "LK" | "LR" | "LS" | "LT" | "LU" | "LV" | "LY" | "MA" | "MC" | "MD" | "ME" | "MF" | "MG" | "MH" | "MK" | "ML" | "MM" | "MN" | "MO" | "MP" | "MQ" | "MR" | "MS" | "MT" | "MU" | "MV" | "MW" | "MX" | "MY" | "MZ" | "NA" | "NC" | "NE" | "NF" | "NG" | "NI" | "NL" | "NO" | "NP" | "NR" | "NU" | "NZ" | "OM" | "PA" | "PE" | "PF" | "PG" | "PH" | "PK" | "PL" | "PM" | "PN" | "PR" | "PS" | "PT" | "PW" | "PY" | "QA" | "RE" | "RO" | "RS" | "RU" | "RW" | "SA" | "SB" | "SC" | "SD" | "SE" | "SG" | "SH" | "SI" | "SJ" | "SK" | "SL" | "SM" | "SN" | "SO" | "SR" | "SS" | "ST" | "SV" | "SX" | "SY" | "SZ" | "TC" | "TD" | "TF" | "TG" | "TH" | "TJ" | "TK" | "TL" | "TM" | "TN" | "TO" | "TR" | "TT" | "TV" | "TW" | "TZ" | "UA" | "UG" | "UM" | "US" | "UY" | "UZ" | "VA" | "VC" | "VE" | "VG" | "VI" | "VN" | "VU" | "WF" | "WS" | "YE" | "YT" | "ZA" | "ZM" | "ZW" | null;

export type Delivery = { subscription_id: string; event_id: string; event_type: string; state: DeliveryState; attempts: number; next_attempt_at: string | null; created_at: string; attempt_log: { attempt: number; attempted_at: string; status_code: number | null; error: string | null; duration_ms: number; response_body: string | null; [name: string]: unknown }[]; [name: string]: unknown };

export type DeliveryState = "pending" | "delivered" | "exhausted" | "withheld";

export type EndedWidgetSession = { session_id: string; status: "ended"; [name: string]: unknown };

export type Event = { id: string; type: string; version: "1.0"; created_at: string; data: { [name: string]: string }; meta: { facility_id: string | null; environment: "sandbox" | "production"; request_id: string | null; [name: string]: unknown }; event_id: string; event_type: string; occurred_at: string; resource: { [name: string]: string }; [name: string]: unknown };

export type EventType = "*" | "patient.created" | "patient.updated" | "patient.merged" | "health_id.created" | "health_id.verified" | "consent.requested" | "consent.granted" | "consent.denied" | "consent.revoked" | "consent.expired" | "encounter.created" | "encounter.closed" | "encounter.amended" | "lab_order.created" | "lab_result.released" | "lab_result.amended" | "prescription.issued" | "prescription.cancelled" | "prescription.dispensed" | "prescription.amended" | "appointment.created" | "appointment.updated" | "appointment.checked_in" | "appointment.cancelled" | "document.issued" | "document.verified" | "bridge_agent.sync_failed" | "bridge_agent.offline" | "payment.completed" | "lab_result.ready" | "prescription.ready" | "patient.registered";

export type FieldChange = { from: unknown; to: unknown; [name: string]: unknown };

export type GetBloodStockResponse = Stock & ({ items: { blood_group: "A+" | "A-" | "B+" | "B-" | "AB+" | "AB-" | "O+" | "O-"; component: BloodComponent; batch?: string | null; donation_number?: string | null; units: number; expiry?: string | null; screening: "screened"; status: "available" | "out" | "expired"; as_of: string; stale: boolean; [name: string]: unknown }[]; [name: string]: unknown });

export type GetEmergencyProfileResponse = { health_id: string; name: string; sex?: Sex; date_of_birth?: string; blood_type: BloodType; blood_group: BloodType; allergies: string[]; active_medications: RecordsData; medication_alerts: RecordsData; medications_withheld: boolean; [name: string]: unknown };

export type GetPatientSummaryResponse = Patient & ({ patient: { first_name: string; last_name: string; date_of_birth: string; sex: Sex; blood_group: BloodType; [name: string]: unknown }; active_allergies: { substance: string; [name: string]: unknown }[]; active_medications: RecordsData; medication_alerts: RecordsData; recent_lab_results: RecordsData; recent_encounters: RecordsData; recent_visits: VisitOutline[]; [name: string]: unknown });

export type GetPharmacyStockResponse = Stock & ({ items: { drug_code: string; name: string; batch?: string | null; quantity: number; unit?: string | null; expiry?: string | null; status: "in_stock" | "low" | "out" | "expired"; as_of: string; stale: boolean; [name: string]: unknown }[]; [name: string]: unknown });

export type HealthId = string;

export type Identifier = string;

export type ListDeliveriesResponse = { deliveries: Delivery[]; next_cursor: string | null; [name: string]: unknown };

export type ListEventsResponse = { events: Event[]; next_cursor: string | null; [name: string]: unknown };

export type ListPatientCorrectionsResponse = { corrections: PatientCorrection[]; next_cursor: string | null; [name: string]: unknown };

export type ListSubscriptionsResponse = { subscriptions: Subscription[]; next_cursor: string | null; [name: string]: unknown };

export type ListedPatient = ({ health_id: string; [name: string]: unknown }) & PatientSummary;

export type MatchCandidate = ListedPatient & ({ place: string | null; band: "certain" | "possible"; probability: number; fields: { field?: string; agreement?: string; bits?: number; [name: string]: unknown }[]; [name: string]: unknown });

export type Patient = { health_id: string; resolved_via_alias?: boolean; name: string; first_name: string; last_name: string; date_of_birth: string; sex: Sex; blood_type: BloodType; blood_group: BloodType; allergies: string[]; country_code?: string; phone_number?: string | null; verification_status?: "unverified" | "verified"; identity_status?: "active" | "merged"; deceased?: true; date_of_death?: string; [name: string]: unknown };

export type PatientAccess = { recorded_at: string; who: string; acting_user: string | null; facility_id: string | null; operation: string; action: "C" | "R" | "U" | "D" | "E"; outcome: string; purpose: string | null; is_emergency: boolean; request_id: string; [name: string]: unknown };

export type PatientAccessLog = { health_id: string; accesses: PatientAccess[]; next_cursor: string | null; [name: string]: unknown };

export type PatientChanges = { [name: string]: FieldChange };

export type PatientCorrected = { health_id: string; correction_id: string | null; changes: PatientChanges; patient: CorrectedPatient; warnings?: string[]; [name: string]: unknown };

export type PatientCorrection = { id: string; kind: "correction" | "verification" | "confirmation"; changes: PatientChanges; reason: string; made_by: string; confirmed_by: string | null; facility_id: string | null; made_at: string; undone_at: string | null; undone_by: string | null; [name: string]: unknown };

export type PatientSummary = { display_name: string; sex: Sex; year_of_birth: number; country_code: string; verification_status: "unverified" | "verified"; identity_status: "active" | "merged"; [name: string]: unknown };

export type Payment = { reference: Identifier; transaction_id?: string | null; side?: "facility" | "provider" | null; amount_minor: number; currency?: "XAF" | "XOF" | "USD" | "EUR" | "GBP" | "NGN" | "SAR" | null; method?: string | null; status?: "completed" | "pending" | "failed" | "cancelled" | "refunded" | null; paid_at: string; [name: string]: unknown };

export type PaymentSide = { amount_minor: number; currency: string; method: string | null; paid_at: string; [name: string]: unknown } | null;

export type PersonName = string | null;

export type PlainText = string | null;

export type Reconciliation = { date: string; facility_id: string; time_zone: string; summary: { [name: string]: number }; totals: { currency: string; facility_amount_minor: number; provider_amount_minor: number; difference_minor: number; [name: string]: unknown }[]; records: { reference: string; status: "matched" | "amount_mismatch" | "missing_at_facility" | "missing_at_provider"; facility: PaymentSide; provider: PaymentSide; [name: string]: unknown }[]; next_cursor: string | null; [name: string]: unknown };

export type RecordData = { record_id: string; type: "encounter" | "diagnosis" | "vital" | "lab_result" | "prescription"; health_id: string; encounter_id?: string; external_id?: string; occurred_at: string | null; received_at: string; version: number; source: { facility_id: string; client_id: string; [name: string]: unknown }; encounter_type?: string; chief_complaint?: string; notes?: string; severity?: string; ended_at?: string; system?: string; code?: string; display?: string; name?: string; value?: string; unit?: string; test_name?: string; test_code?: string; result_value?: string; reference_range?: string; flagged?: boolean | null; flag_level?: string; interpretation?: string; medication_name?: string; medication_code?: string; dose?: string; frequency?: string; duration?: string; route?: string; quantity?: string; instructions?: string; alert_type?: string; message?: string; status?: string; payload: { [name: string]: unknown } | null; withheld?: ("diagnoses" | "vitals")[]; [name: string]: unknown };

export type RecordPage = { health_id: string; type: string; records: { [name: string]: RecordsData }; next_cursor: string | null; [name: string]: unknown };

export type RecordPaymentsResponse = { status: "accepted"; accepted: number; facility_id: string; received_at: string; references: string[]; [name: string]: unknown };

export type RecordsData = RecordData[];

export type ReplayEventResponse = { status: "queued"; event_id: string; event_type: string; deliveries: number; subscription_ids: string[]; [name: string]: unknown };

export type ReplaySubscriptionResponse = { status: "queued"; subscription_id: string; from: string; to: string; deliveries: number; next_cursor: string | null; [name: string]: unknown };

export type RequestEmergencyAccessResponse = { status: "granted"; access_id: string; health_id: string; emergency_type?: string; reason?: string; granted_at: string; expires_at: string; [name: string]: unknown };

export type RequiredText = string;

export type Resolution = { status: "found" | "created"; dry_run?: boolean; health_id: string | null; resolved_via_alias?: boolean; demographics_mismatch?: boolean; replaced?: string; confirmation_id?: string; patient?: PatientSummary; match: { decision: "health_id" | "external_reference" | "exact" | "none" | "possible_duplicate"; candidates: number; reasons?: string[]; [name: string]: unknown }; next_action: "use_health_id" | "store_health_id" | "store_health_id_pending_review" | "confirm_identity"; candidates?: MatchCandidate[]; warnings?: string[]; [name: string]: unknown };

export type SDKAppointment = { appointment_id: string; status: "scheduled" | "checked_in" | "completed" | "cancelled" | "no_show"; scheduled_at: string | null; patient: string | null; patient_id: string | null; health_id: string | null; patient_name: string | null; facility_id: string; appointment_type: string | null; reason: string | null; date: string; time: string | null; duplicate?: true; warnings?: string[]; [name: string]: unknown };

export type SDKAppointmentsData = { facility_id: string; date: string; appointments: SDKAppointment[]; next_cursor: string | null; [name: string]: unknown };

export type SDKEncounters = { health_id: string; resolved_via_alias?: true; encounters: (VisitOutline & ({ diagnosis: string | null; [name: string]: unknown }))[]; withheld: "diagnosis"[]; retrieved_at: string; next_cursor: string | null; [name: string]: unknown };

export type SDKFacility = { id: string; name: string; reference: string | null; country_code: string; timezone: string; type: string | null; address: string | null; phone: string | null; email: string | null; [name: string]: unknown };

export type SDKPatientSummary = { health_id: string; resolved_via_alias?: true; full_name: string; name?: string; first_name?: string; last_name?: string; date_of_birth: string; sex: Sex; blood_type?: BloodType; blood_group: BloodType; country_code?: string; phone_number?: string | null; verification_status?: string; identity_status?: string; allergies: { substance: string; severity: string | null; [name: string]: unknown }[]; allergy_names: string[]; retrieved_at: string; patient: { first_name: string; last_name: string; date_of_birth: string; sex: Sex; blood_group: BloodType; [name: string]: unknown }; active_allergies: { substance: string; [name: string]: unknown }[]; active_medications: RecordsData; medication_alerts: RecordsData; recent_lab_results: RecordsData; recent_encounters: RecordsData; recent_visits: VisitOutline[]; [name: string]: unknown };

export type SDKStock = { facility_id: string; item_count: number; low_stock: number; items: { item_id: string; name: string; code: string; unit: string | null; category: string | null; quantity: number; reorder_level: number | null; status: "ok" | "low"; stock_status: "in_stock" | "low" | "out"; [name: string]: unknown }[]; retrieved_at: string; next_cursor: string | null; [name: string]: unknown };

export type SDKSubscriptionDeleted = { message: string; subscription_id: string; status: "deleted"; [name: string]: unknown };

export type SDKTokenIntrospection = { active: true; token_id: string; label: string | null; client_id: string; scopes: SDKTokenScope[]; environment: "sandbox" | "production"; expires_at: string | null; last_used_at: string | null; [name: string]: unknown };

export type SDKTokenScope = "read_records" | "read_facility" | "read_stock" | "read_appointments" | "write_appointments" | "manage_webhooks" | "widget_sessions";

export type SearchPatientsResponse = { status: "found" | "multiple_matches" | "not_found"; search_type: string; match_type: "exact" | "multiple" | "none"; count: number; patient: ListedPatient | null; candidates: ListedPatient[]; results: ListedPatient[]; next_action: "use_health_id" | "confirm_identity" | "register_patient"; [name: string]: unknown };

export type Sex = "male" | "female" | "other" | null;

export type Stock = { facility_id: string; facility_reference?: string | null; facility_name: string; as_of: string | null; stale: boolean; notice: string; next_cursor: string | null; [name: string]: unknown };

export type StockSyncAnswer = { status: "ok" | "partial"; facility_id: string; accepted: number; rejected: number; as_of: string; warnings?: { index: number; message: string; [name: string]: unknown }[]; rejected_items: { index: number; errors: { [name: string]: string[] }; [name: string]: unknown }[]; [name: string]: unknown };

export type Subscription = { subscription_id: string; id: string; status: "active" | "disabled" | "deleted"; callback_url: string; endpoint_url: string; subscribed_events: string[]; events: string[]; description: string | null; created_at: string; verified_at: string | null; [name: string]: unknown };

export type SubscriptionWithSecret = Subscription & ({ webhook_secret: string; previous_secret_expires_at?: string; [name: string]: unknown });

export type ToldAllergies = unknown;

export type ToldBloodType = string | null;

export type UndonePatientCorrection = ({ health_id: string; [name: string]: unknown }) & PatientCorrection;

export type Verification = { status: "valid"; health_id: string; resolved_via_alias?: boolean; patient: PatientSummary; [name: string]: unknown };

export type VerificationDocument = "national_id" | "passport" | "birth_certificate" | "residence_permit" | "refugee_card" | "driver_licence" | "voter_card" | "other" | null;

export type VerificationMethod = "document" | "biometric" | "registry" | "witness" | null;

export type VerifyConsentResponse = { is_valid: boolean; status: "granted" | "pending" | "denied" | "not_required"; state: ConsentState; health_id: string; scope: string; consent_id?: string | null; expires_at?: string | null; [name: string]: unknown };

export type VisitOutline = { id: string; visit_type: string | null; chief_complaint: string | null; date: string | null; occurred_at: string | null; facility_id: string; status: string | null; [name: string]: unknown };

export type WidgetSession = { session_id: string; session_token: string; widget_session_token?: string; embed_url: string; widget_type?: string; allowed_origins: string[]; expires_at: string; expires_in: number; [name: string]: unknown };

// Made by scripts/sdk from openapi.yaml: end.
