export const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const BIG_ENDIAN = '1.2.840.10008.1.2.2';
export const RLE = '1.2.840.10008.1.2.5';

export interface TransferSyntax {
  readonly name: string;
  /** `native`: samples one after the other. Others name the codec of an encapsulated frame. */
  readonly codec: 'native' | 'rle' | 'jpeg-8' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'refused';
  readonly isLossy: boolean;
}

/** @source DICOM PS3.6 table A-1 */
export const TRANSFER_SYNTAXES: Readonly<Record<string, TransferSyntax>> = {
  [IMPLICIT_LITTLE]: { name: 'implicit little-endian', codec: 'native', isLossy: false },
  [EXPLICIT_LITTLE]: { name: 'explicit little-endian', codec: 'native', isLossy: false },
  [DEFLATED]: { name: 'deflated explicit little-endian', codec: 'native', isLossy: false },
  [BIG_ENDIAN]: { name: 'explicit big-endian', codec: 'native', isLossy: false },
  [RLE]: { name: 'RLE lossless', codec: 'rle', isLossy: false },
  '1.2.840.10008.1.2.4.50': { name: 'JPEG baseline, 8 bits, lossy', codec: 'jpeg-8', isLossy: true },
  '1.2.840.10008.1.2.4.51': { name: 'JPEG extended, 12 bits, lossy', codec: 'refused', isLossy: true },
  '1.2.840.10008.1.2.4.53': { name: 'JPEG spectral selection, lossy', codec: 'refused', isLossy: true },
  '1.2.840.10008.1.2.4.55': { name: 'JPEG full progression, lossy', codec: 'refused', isLossy: true },
  '1.2.840.10008.1.2.4.57': { name: 'JPEG lossless, process 14', codec: 'jpeg-lossless', isLossy: false },
  '1.2.840.10008.1.2.4.70': { name: 'JPEG lossless, selection value 1', codec: 'jpeg-lossless', isLossy: false },
  '1.2.840.10008.1.2.4.80': { name: 'JPEG-LS lossless', codec: 'jpeg-ls', isLossy: false },
  '1.2.840.10008.1.2.4.81': { name: 'JPEG-LS near-lossless', codec: 'jpeg-ls', isLossy: true },
  '1.2.840.10008.1.2.4.90': { name: 'JPEG 2000 lossless', codec: 'jpeg-2000', isLossy: false },
  '1.2.840.10008.1.2.4.91': { name: 'JPEG 2000', codec: 'jpeg-2000', isLossy: true },
  '1.2.840.10008.1.2.4.201': { name: 'HTJ2K lossless', codec: 'htj2k', isLossy: false },
  '1.2.840.10008.1.2.4.202': { name: 'HTJ2K lossless, RPCL', codec: 'htj2k', isLossy: false },
  '1.2.840.10008.1.2.4.203': { name: 'HTJ2K', codec: 'htj2k', isLossy: true },
};
