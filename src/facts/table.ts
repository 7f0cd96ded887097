/** The table of facts: everything that can be asked of a product. A new filter is one row of it. */
import type { Fact } from './fact.js';
import type { FilterPart } from './filter.js';
import { ofAuthorization } from './of-authorization.js';
import { ofIngredient } from './of-ingredient.js';
import { ofOthers } from './of-others.js';
import { ofPackage } from './of-package.js';
import { ofProduct } from './of-product.js';

const rows = {
  ...ofProduct,
  ...ofAuthorization,
  ...ofPackage,
  ...ofIngredient,
  ...ofOthers,
} satisfies Readonly<Record<FilterPart, Fact>>;

export const facts: Readonly<Record<FilterPart, Fact>> = rows;
