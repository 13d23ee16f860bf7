import { guideRecipe } from './guide/index.ts';
import { plateRecipe } from './plate/index.ts';
import { talusRecipe } from './talus/index.ts';

export * from './guide/index.ts';
export * from './plate/index.ts';
export { type Designed, type Param, type Params, type Recipe, resolveParams, type Values } from './recipe.ts';
export * from './screw/index.ts';
export * from './talus/index.ts';

/** Every kind of part. A new one is a folder and a word here. */
export const RECIPES = [talusRecipe, plateRecipe, guideRecipe] as const;
