"""Rows for `--dry-run`, which must say of each what the server then does."""

# One row each, good and bad, of every type: by the token of the file's name and its columns.
DRY_ROWS = {
    "patients_;first_name;last_name;dob;sex;phone;country_code": [
        "Ama;Dry;1990-01-01;F;;", "Ama;;1990-01-01;;;", "Ama;Dry;;;;", "1;Dry;1990-01-01;;;",
        "Ama;Dry;2190-01-01;;;", "Ama;Dry;1849-01-01;;;", "Ama;Dry;1990-01-01;x;;",
        "Ama;Dry;1990-01-01;Inconnu;+237 677 12 34 56;cm", "Ama;Dry;1990-01-01;;12;",
        "Ama;Dry;1990-01-01;;677-12-34-56 p;", "Ama;Dry;1990-01-01;;;ZZ", "عمر;سالم;1990-01-01;;;"],
    "patients_;health_id;first_name": [
        "CM-HID-7KQ9-MP42-X8D1;Ama", "CM-HID-7KQ9-MP42-X8D2;Ama", ";Ama", "cm hid 7kq9 mp42 x8di;1"],
    "lab_results_;health_id;test;result;date": [
        "CM-HID-7KQ9-MP42-X8D1;Dry;1;2026-06-01", "CMHID7KQ9MP42X8DL;Dry;2;", "OPC-2024-DEMO1;Dry;3;",
        "CM-HID-7KQ9-MP42-X8D2;Dry;1;", "OPC-24-DEMO1;Dry;1;", ";Dry;1;",
        "CM-HID-7KQ9-MP42-X8D1;;1;", "CM-HID-7KQ9-MP42-X8D1;Dry;;", "CM-HID-7KQ9-MP42-X8D1;Dry;1;soon"],
    "encounters_;health_id;patient_health_id;notes": [
        "CM-HID-7KQ9-MP42-X8D1;;dry", ";CM-HID-7KQ9-MP42-X8D1;dry two", ";;dry",
        "CM-HID-7KQ9-MP42-X8D1;cm hid 7kq9mp42x8d1;dry three",
        "CM-HID-7KQ9-MP42-X8D1;OPC-2024-DEMO1;dry"],
    "vitals_;health_id;type;value": [
        "CM-HID-7KQ9-MP42-X8D1;dry;1", "CM-HID-7KQ9-MP42-X8D1;;1", "CM-HID-7KQ9-MP42-X8D1;dry;"],
    "diagnoses_;health_id;code;display": [
        "CM-HID-7KQ9-MP42-X8D1;B54;", "CM-HID-7KQ9-MP42-X8D1;;Dry", "CM-HID-7KQ9-MP42-X8D1;;"],
    "prescriptions_;health_id;medicine;dose": [
        "CM-HID-7KQ9-MP42-X8D1;Dry;1", "CM-HID-7KQ9-MP42-X8D1;;1"],
    "appointments_;health_id;date;time_from;status": [
        "CM-HID-7KQ9-MP42-X8D1;2031-06-01;8:30;", "CM-HID-7KQ9-MP42-X8D1;2031-06-02;08:30:00;Arrived",
        "CM-HID-7KQ9-MP42-X8D1;2031-06-03;25:00;", "CM-HID-7KQ9-MP42-X8D1;2031-06-03;8h30;",
        "CM-HID-7KQ9-MP42-X8D1;;8:30;", "CM-HID-7KQ9-MP42-X8D1;2031-06-03;08:30;perhaps"],
    "pharmacy_stock_;drug_code;name;quantity;reorder_level;expiry_date": [
        "DRY;Dry;1;;2199-01-01", "DRY;Dry;-1;;", "DRY;Dry;1.5;;", "DRY;Dry;1000000001;;",
        "DRY;Dry;1;few;", "DRY;;1;;", ";Dry;1;;", "DRY;Dry;;;", "DRY;Dry;1;;2020-01-01"],
    "blood_stock_;blood_group;component;units;screening;expiry_date": [
        "A+;plasma;1;screened;2199-01-01", "o rh neg;Packed red cells;01;YES;", "C+;plasma;1;yes;",
        "A+;water;1;yes;", "A+;plasma;x;yes;", "A+;plasma;1;no;", "A+;plasma;1;;",
        "A+;plasma;1;yes;2020-01-01"],
    "payments_;reference;amount;currency;paid_at;side": [
        "DRY-1;1500;;2026-06-01;", "DRY-2;1 500,00;xaf;2026-06-01;Provider", "DRY-3;1500.50;;2026-06-01;",
        "DRY-4;1500.50;EUR;2026-06-01;", "DRY-5;15 00;EUR;2026-06-01;", "DRY-6;-5;EUR;2026-06-01;",
        "DRY-7;1,234.5;EUR;2026-06-01;", "DRY-8;5;ABC;2026-06-01;", "DRY-9;5;EUR;;",
        ";5;EUR;2026-06-01;", "DRY-10;;EUR;2026-06-01;", "DRY-11;5;EUR;2026-06-01;bank",
        "DRY-12;1.5005;KWD;2026-06-01;", "DRY-13;1.500;KWD;2026-06-01;"],
    "payments_;reference;amount_minor;date": [
        "DRY-20;1500;2026-06-01 08:00", "DRY-21;15.5;2026-06-01"],
}
