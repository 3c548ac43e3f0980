// The open cases that somebody works through: which one is looked at, what is fetched ahead, and what is on
// its way to the server.
class Review {
  rows = [];
  at = 0;
  open = 0;
  cursor = null;
  sending = Promise.resolve();
  pending = 0;
  // Health IDs of decisions on their way: whoever else asks about these people has to wait.
  touched = [];
  fetched = new Map();
  decided = new Set();

  constructor(query) {
    this.query = query;
  }

  get row() {
    return this.rows[this.at];
  }

  async load() {
    const page = await get("/duplicates", { ...this.query, cursor: this.cursor });
    const known = new Set([...this.rows.map(row => row.id), ...this.decided]);
    this.rows.push(...page.duplicates.filter(row => !known.has(row.id)));
    this.cursor = page.next_cursor;
    this.open = page.open;
  }

  // The next page, once at a time.
  more() {
    this.loading ??= this.load().finally(() => (this.loading = null));
    return this.loading;
  }

  // Keeps ahead of whoever decides: the next two cases are fetched, and the next page in time.
  async look() {
    for (const next of this.rows.slice(this.at + 1, this.at + 3))
      if (!this.isTouched(next)) this.fetch(next).catch(() => {});
    if (!this.cursor || this.rows.length - this.at > 10) return false;
    await this.more();
    return true;
  }

  isTouched(row) {
    return row.patients.some(person => this.touched.includes(person.health_id));
  }

  // What was fetched long ago may have been decided by somebody else since.
  fetch(row) {
    const known = this.fetched.get(row.id);
    if (known && Date.now() - known.at < 20000) return known.promise;
    const promise = get("/duplicates/" + encodeURIComponent(row.id));
    this.fetched.set(row.id, { at: Date.now(), promise });
    promise.catch(() => this.fetched.delete(row.id));
    return promise;
  }

  async read(row) {
    while (this.isTouched(row)) await this.sending;
    return this.fetch(row);
  }

  // Takes the case that is looked at off the list and sends what was decided, in the order of deciding.
  decide(one, verb, body) {
    const row = this.row;
    this.rows.splice(this.at, 1);
    this.open--;
    this.decided.add(row.id);
    if (this.at >= this.rows.length && !this.cursor) this.at = Math.max(0, this.rows.length - 1);
    return { id: row.id, row, verb, sent: this.send(row, one.patients, verb, body) };
  }

  // The case comes back at once, and is shown when the server has it open again.
  undo(decision) {
    this.rows.splice(this.at, 0, decision.row);
    this.open++;
    this.decided.delete(decision.id);
    return this.send(decision.row, decision.row.patients, "undo", {});
  }

  // What could not be decided comes next; the one that is looked at stays.
  putBack(row) {
    this.decided.delete(row.id);
    this.open++;
    this.rows.splice(this.rows.length ? this.at + 1 : 0, 0, row);
  }

  drop(row) {
    const place = this.rows.indexOf(row);
    if (place < 0) return;
    this.rows.splice(place, 1);
    if (place < this.at) this.at--;
  }

  send(row, people, verb, body) {
    const ids = [...new Set([...people, ...row.patients].map(person => person.health_id))];
    this.touched.push(...ids);
    this.forget(ids);
    this.pending++;
    const sent = this.sending.then(() =>
      call("POST", "/duplicates/" + encodeURIComponent(row.id) + "/" + verb, body),
    );
    this.sending = sent
      .then(answer => verb === "merge" && this.rename(answer))
      .catch(() => {})
      .then(() => {
        this.pending--;
        for (const id of ids) this.touched.splice(this.touched.indexOf(id), 1);
        this.forget(ids);
      });
    return sent;
  }

  forget(ids) {
    for (const row of this.rows)
      if (row.patients.some(person => ids.includes(person.health_id))) this.fetched.delete(row.id);
  }

  // Whoever was merged is somebody else now, in other cases too.
  rename(merge) {
    for (const row of this.rows)
      for (const person of row.patients)
        if (person.health_id === merge.retired_health_id) person.health_id = merge.survivor_health_id;
  }
}

// A page that is closed sends nothing any more.
window.addEventListener("beforeunload", event => {
  if (session?.review?.pending) event.preventDefault();
});
