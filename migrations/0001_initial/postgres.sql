-- What PostgreSQL has besides the tables of the other files.

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only';
END
$$;

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    EXECUTE FUNCTION audit_log_is_append_only();

-- A connection takes so many numbers at once.
ALTER SEQUENCE records_seq_seq INCREMENT BY 32;
ALTER SEQUENCE clinics_seq_seq INCREMENT BY 32;
ALTER SEQUENCE doctors_seq_seq INCREMENT BY 32;
ALTER SEQUENCE appointments_seq_seq INCREMENT BY 32;

-- Locked by whoever writes, from before its first look at the data until its commit is durable.
CREATE TABLE write_turn ();
