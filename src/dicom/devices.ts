/**
 * Cone-beam devices, by storage class and by words in manufacturer or model. Their grey values are not calibrated HU, so
 * thresholds that are named in HU may be off on them; surfaces at half maximum are not affected.
 */
const CONE_BEAM_CLASSES = new Set([
  '1.2.840.10008.5.1.4.1.1.13.1.1', // X-Ray 3D Angiographic
  '1.2.840.10008.5.1.4.1.1.13.1.2', // X-Ray 3D Craniofacial
]);

const CONE_BEAM_WORDS =
  /planmed|verity|curvebeam|pedcat|lineup|hirise|onsight|multitom|newtom|i-cat|planmeca|promax|accuitomo|veraview|galileos|orthophos|scanora|kavo|vatech|cbct|cone.?beam|ziehm|cios spin|o-arm/i;

export const isConeBeam = (sopClassUid: string, manufacturer: string, model: string): boolean =>
  CONE_BEAM_CLASSES.has(sopClassUid) || CONE_BEAM_WORDS.test(`${manufacturer} ${model}`);

/** Storage classes of pictures that are screen shots by definition: Secondary Capture and its multi-frame kinds. */
export const isSecondaryCapture = (sopClassUid: string): boolean => sopClassUid.startsWith('1.2.840.10008.5.1.4.1.1.7');
