/** What reading refuses to go over. Each is far above any file of the field and far below what harms a machine. */
export const IO_LIMITS = {
  /** A foot at 0.25 mm has about two million. */
  triangles: 20_000_000,
  vertices: 60_000_000,
  /** A CT of the whole body at 0.5 mm has about 0.9 thousand million; one typed array holds no more than this anyway. */
  voxels: 2_000_000_000,
  /** One entry of a container, unpacked, bytes. */
  entryBytes: 2_000_000_000,
  /** All entries of a container, unpacked, bytes. */
  containerBytes: 3_000_000_000,
  /** Unpacked over packed size of one entry. Text of meshes reaches 20; a bomb 1000. */
  inflateRatio: 200,
  zipEntries: 50_000,
  xmlDepth: 64,
  /** Header text of NRRD, PLY; one attribute of XML, characters. */
  headerBytes: 1_000_000,
} as const;
