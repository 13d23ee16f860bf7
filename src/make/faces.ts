/** What a face of a part is for; decides supports, stock, roughness. The place in this list is the number that is stored. */
export const FACE_CLASSES = ['general', 'articular', 'porous', 'machined'] as const;
export type FaceClass = (typeof FACE_CLASSES)[number];

/** One number a triangle, a place in `FACE_CLASSES`. */
export type Faces = Uint8Array;

export const GENERAL = 0;
export const ARTICULAR = 1;

/** All faces general, and those listed by name of their class. Triangles listed twice get the last class. */
export function facesOf(triangles: number, lists: Readonly<Partial<Record<FaceClass, ArrayLike<number>>>>): Faces {
  const out = new Uint8Array(triangles);
  FACE_CLASSES.forEach((name, value) => {
    const list = lists[name] ?? [];
    for (let i = 0; i < list.length; i++) out[list[i]] = value;
  });
  return out;
}
