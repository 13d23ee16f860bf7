// Made from the route table by `node scripts/api-client.mjs`; do not edit.

export interface Schemas {
  Artefact: { path: string; sha256: string; bytes: number; mediaType: string };
  CaseRow: { id: string; label: string; procedure: string; state: 'new' | 'planning' | 'computing' | 'review' | 'approved' | 'rejected'; waitingFor: 'surgeon' | 'engineer' | 'quality' | 'admin' | null; owner: string; members: (string)[]; revision: number; createdAt: string; changedAt: string; job: Schemas['Job'] | null };
  Change: { what: string; before: unknown; after: unknown };
  Comment: { id: string; revision: number; author: string; at: string; text: string; pin: { point: [number, number, number] } | { plane: 'axial' | 'sagittal' | 'coronal'; index: number } | null; resolved: boolean };
  Finding: { level: 'note' | 'warning' | 'blocker'; code: string; text: string; facts?: { [key: string]: number | string | boolean }; hint?: string };
  Job: { id: string; kind: string; revision: number; state: 'ready' | 'run' | 'done' | 'failed' | 'cancelled' | 'quarantined'; progress: number; label: string; error: Schemas['Problem'] | null };
  Problem: { code: string; message: string; hint: string; facts: { [key: string]: number | string | boolean } };
  Review: { id: string; revision: number; contentSha256: string; author: string; role: 'surgeon' | 'engineer' | 'quality' | 'admin'; meaning: 'approve' | 'reject'; note: string; at: string; voidedBy: number | null };
  Revision: { n: number; documentSha256: string; editsSha256: string | null; author: string; at: string; message: string; command: unknown; hasResult: boolean };
  Session: { user: Schemas['User'] | null; csrf: string; expiresAt: string; mode: 'local' | 'server'; share: { case: string; expiresAt: string } | null; version: string };
  Share: { id: string; createdBy: string; expiresAt: string };
  TrailRow: { seq: number; at: string; actor: string; action: string; subject: string; detail: unknown; hash: string };
  User: { id: string; name: string; roles: ('surgeon' | 'engineer' | 'quality' | 'admin')[] };
}

export interface paths {
  '/health': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Whether the server answers; says nothing about any case */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { ok: true; version: string } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/session': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Who is signed in */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Session'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    /** Sign in with name and password, with the one-time link of `osteon serve`, or with a share link */
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { name: string; password: string } | { link: string } | { share: string } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Session'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    /** Sign out; the session is dead on the server too */
    delete: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 204: { headers: { [name: string]: unknown }; content?: never }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/session/password': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /** A new password for oneself; ends every other session of this person */
    put: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { old: string; new: string } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Session'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/users': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Names and roles of everyone, to choose members and to show authors */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['User'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    /** A new person */
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { name: string; roles: ('surgeon' | 'engineer' | 'quality' | 'admin')[]; password: string } } }; responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['User'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/users/{user}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Roles, password, or shutting a person out; ends that person’s sessions */
    patch: { parameters: { query?: never; header?: never; path: { user: string }; cookie?: never }; requestBody: { content: { 'application/json': { roles?: ('surgeon' | 'engineer' | 'quality' | 'admin')[]; password?: string; disabled?: boolean } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['User'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    trace?: never;
  };
  '/cases': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The worklist: every case one owns or is a member of, the last changed first */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['CaseRow'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    /** A new, empty case */
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { label: unknown & unknown; procedure?: 'total-talus-replacement' | 'acetabular-fracture' } } }; responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['CaseRow'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One case, with the hash of everything there is to see in it */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; label: string; procedure: string; state: 'new' | 'planning' | 'computing' | 'review' | 'approved' | 'rejected'; waitingFor: 'surgeon' | 'engineer' | 'quality' | 'admin' | null; owner: string; members: (string)[]; revision: number; createdAt: string; changedAt: string; job: Schemas['Job'] | null; contentSha256: string; stale: boolean; resultRevision: number | null } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Label, members, who is waited for, or handing it over for review */
    patch: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/json': { label?: unknown & unknown; members?: (string)[]; waitingFor?: 'surgeon' | 'engineer' | 'quality' | 'admin' | null; state?: 'planning' | 'review' } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['CaseRow'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    trace?: never;
  };
  '/cases/{case}/scan': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What the scan is and what was found about it */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { state: 'none' | 'arriving' | 'ready' | 'refused'; series: (unknown)[]; chosen: string | null; findings: (Schemas['Finding'])[]; job: Schemas['Job'] | null } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    /** The scan: a zip (application/zip), one DICOM file (application/dicom) or several (application/vnd.osteon.files: for each file the length of its name as uint32 LE, its size as uint64 LE, the name, the bytes). Identity goes to the vault before anything else reads it */
    put: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/zip': Blob | Uint8Array; 'application/dicom': Blob | Uint8Array; 'application/vnd.osteon.files': Blob | Uint8Array } }; responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Job'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/volume': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Where the voxels are, and the name of their bytes */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { size: [number, number, number]; lpsFromVoxel: (number)[]; sha256: string; bytes: number; range: { minHu: number; maxHu: number }; windows: ({ name: string; centreHu: number; widthHu: number })[] } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/volume/data': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Hounsfield units, Int16 little-endian, x fastest; answers to Range and If-None-Match */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/octet-stream': Blob } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/labels': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Which voxel belongs to which bone: the grid, the names and the name of the bytes */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { size: [number, number, number]; lpsFromVoxel: (number)[]; sha256: string; bytes: number; names: ({ value: number; name: string })[]; revision: number } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/labels/data': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Labels, Uint8, x fastest; 0 is background */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/octet-stream': Blob } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/meshes': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Bones, parts and plans as surfaces (binary STL, LPS mm) */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ({ path: string; sha256: string; bytes: number; mediaType: string; name: string; kind: string })[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/artefacts': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Everything the last run made */
    get: { parameters: { query?: { revision?: number }; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['Artefact'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/objects/{sha256}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Bytes of this case by their hash; always as a download, never as a page */
    get: { parameters: { query?: never; header?: never; path: { case: string; sha256: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/octet-stream': Blob } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/document': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The case document of the newest or of another revision */
    get: { parameters: { query?: { revision?: number }; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { revision: number; document: string; documentSha256: string; parsed: unknown; problem: Schemas['Problem'] | null; edits: unknown; editsSha256: string | null } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    /** A change of the document: a new revision. 409 with what changed when someone else was faster */
    put: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/json': { document: string; edits?: unknown; ifRevision: number; command?: unknown; message: string } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { revision: number; document: string; documentSha256: string; parsed: unknown; problem: Schemas['Problem'] | null; edits: unknown; editsSha256: string | null } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/revisions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Every state the case has been in, the newest first */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['Revision'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/revisions/{a}/compare/{b}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What changed between two revisions: keys of the document, numbers of the summary, files */
    get: { parameters: { query?: never; header?: never; path: { case: string; a: number; b: number }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { a: number; b: number; changes: (Schemas['Change'])[] } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/undo': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Back to an older document, as a new revision; nothing is lost */
    post: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/json': { toRevision: number; ifRevision: number } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': { revision: number; document: string; documentSha256: string; parsed: unknown; problem: Schemas['Problem'] | null; edits: unknown; editsSha256: string | null } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/run': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Makes everything the document asks for, in a process of its own */
    post: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Job'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/jobs': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What runs, what ran and how it ended */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['Job'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/jobs/{job}/cancel': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Stops a job; nothing half made is kept */
    post: { parameters: { query?: never; header?: never; path: { case: string; job: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Job'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Server-sent events: progress, revision, comment, review, case */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'text/event-stream': string } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/report': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The report of the last run: a page without any script, which may load nothing */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/octet-stream': Blob } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/shares': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Links that open the case */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['Share'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    /** A link that opens the case for reading until it expires; the link is shown once */
    post: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/json': { hours: number } } }; responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': { id: string; createdBy: string; expiresAt: string; token: string; path: string } } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/shares/{share}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Ends a link at once, with the sessions it opened */
    delete: { parameters: { query?: never; header?: never; path: { case: string; share: string }; cookie?: never }; requestBody?: never; responses: { 204: { headers: { [name: string]: unknown }; content?: never }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/comments': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Comments, the oldest first */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['Comment'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    /** A comment, pinned to a point (LPS mm) or a slice, or to nothing */
    post: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/json': { text: string; pin: { point: [number, number, number] } | { plane: 'axial' | 'sagittal' | 'coronal'; index: number } | null } } }; responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Comment'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/comments/{comment}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Settles a comment or opens it again */
    patch: { parameters: { query?: never; header?: never; path: { case: string; comment: string }; cookie?: never }; requestBody: { content: { 'application/json': { resolved: boolean } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Comment'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    trace?: never;
  };
  '/cases/{case}/reviews': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Approvals and rejections with name, meaning and the hash of what was seen; void ones say by which revision */
    get: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['Review'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    /** Approve or reject what was seen; 409 when it has changed since */
    post: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/json': { meaning: 'approve' | 'reject'; note?: string; contentSha256: string; role: 'surgeon' | 'quality'; password?: string } } }; responses: { 201: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Review'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/trail': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Who did what to this case and when, the oldest first; at most 500 rows after a number */
    get: { parameters: { query?: { after?: number }; header?: never; path: { case: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': (Schemas['TrailRow'])[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/archives': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Names of the archives this server may ask */
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ({ name: string })[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/archives/{archive}/find': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Studies of an archive (QIDO-RS). The answer names patients: it is shown to the person who asked, never kept */
    post: { parameters: { query?: never; header?: never; path: { archive: string }; cookie?: never }; requestBody: { content: { 'application/json': { patientId?: string; patientName?: string; studyDate?: string; modality?: string; study?: string } } }; responses: { 200: { headers: { [name: string]: unknown }; content: { 'application/json': ({ studyInstanceUid: string; seriesInstanceUid: string; patientName: string; patientId: string; studyDate: string; modality: string; description: string; instances: number | null })[] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cases/{case}/scan/fetch': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** A study, or one series of it, from an archive into the case (WADO-RS); taken in like an upload */
    post: { parameters: { query?: never; header?: never; path: { case: string }; cookie?: never }; requestBody: { content: { 'application/json': { archive: string; study: string; series?: string } } }; responses: { 202: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Job'] } }; default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } } } };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
