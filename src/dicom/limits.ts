/** Safety limits of the reader. A file over one of them is refused with `dicom.limit` before anything is allocated. */
export const DICOM_LIMITS = {
  /** Sequences inside sequences. Real files stay below ten. */
  depth: 32,
  /** Elements and items of one file. An enhanced CT of 4000 frames has about 200 000. */
  elements: 1_000_000,
  /** Rows, columns and frames each. */
  side: 4096,
  /** Samples of all frames of one file or stack: 2 GiB as Int16. */
  samples: 1_073_741_824,
  /** Characters of one text that is read. */
  text: 16_384,
  /** Deflated files: bytes after inflating, and how many times their size on disk that may be (CT deflates to a half or
   * a quarter); below `inflatedSmall` no ratio is asked, as an empty slice deflates to almost nothing. */
  inflatedBytes: 512 * 1024 * 1024,
  inflateRatio: 100,
  inflatedSmall: 32 * 1024 * 1024,
} as const;
