/**
 * Reads lists from the `$everything` bundles of products: assigns the records of a bundle to their parents, and
 * decides whether a list is complete. If the product was read by searches, only references assign a record to a
 * parent.
 */
import { PmsError } from '../../../errors.js';
import { nameOf } from '../../../fhir/bundle.js';
import { parseReference } from '../../../fhir/reference.js';
import { isFhirType } from '../../../fhir/resources.js';
import { idOf, typeOf, type Key } from '../../graph/key.js';
import type { Bundled, Reverse } from '../../graph/link.js';
import { failedRelation, unite, type Relation, type State } from '../../graph/relation.js';
import { isHeld, type Bundle, type Known } from '../../known/known.js';
import { createNaming, referencesIn } from '../naming.js';
import { cutAt } from '../pages.js';

export interface BundleLists {
  childrenOf(question: Reverse | Bundled, parent: Key): Relation;
}

/** @param fetched returns all bundles that this operation has fetched */
export function createBundleLists(known: Known, fetched: () => readonly Bundle[]): BundleLists {
  const indexes = new Map<Bundle, Map<string, Children>>();
  return { childrenOf };

  function childrenOf(question: Reverse | Bundled, parent: Key): Relation {
    if (!isProduct(parent)) {
      const owning = known.bundlesWith(parent);
      // A missing record is in no bundle, but records of any bundle may refer to it. An existing record outside all
      // these bundles belongs to another product's bundle.
      const bundles = owning.length > 0 || isHeld(known.reading(parent)) ? owning : fetched();
      if (bundles.length > 0) return unite(bundles.map((bundle) => within(bundle, question, parent, false)));
      return failedRelation(
        new PmsError(
          'UPSTREAM_UNSUPPORTED',
          'The upstream returns these records only together with their product.',
        ),
      );
    }
    const bundle = known.bundle(parent);
    return bundle
      ? within(bundle, question, parent, true)
      : failedRelation(new PmsError('INTERNAL_SERVER_ERROR', 'A bundle is missing.'));
  }

  function within(bundle: Bundle, question: Reverse | Bundled, parent: Key, isOwner: boolean): Relation {
    const { byParent, nameless, lost } = indexOf(bundle, question);
    const refs = new Set(isOwner ? nameless : []);
    for (const ref of byParent.get(parent) ?? []) refs.add(ref);
    for (const ref of byParent.get(idOf(parent)) ?? []) refs.add(ref);
    const { state, staleSince: since } = bundle;
    const isWhole = state.kind === 'complete';
    const lacking =
      lost === undefined ? isWhole && lackingIn(bundle, question, parent, isOwner) : cutAt(lost);
    return {
      refs: [...refs],
      unresolved: [],
      state: isWhole && lacking ? lacking : state,
      staleSince: since,
    };
  }

  /**
   * Returns the state of a list that may lack a record, because the record has no id; undefined if the list is
   * complete.
   */
  function lackingIn(
    { unidentified = [] }: Bundle,
    question: Reverse | Bundled,
    parent: Key,
    isOwner: boolean,
  ): State | undefined {
    const lacking = unidentified.find((resource) => {
      if (resource.resourceType !== question.type) return false;
      if (question.kind === 'bundled') return isOwner;
      const naming = createNaming(question, [parent]);
      return naming.parentsOf(resource).length > 0 || (isOwner && naming.parentsAt(resource).length > 0);
    });
    return lacking && cutAt(nameOf(lacking));
  }

  function indexOf(bundle: Bundle, question: Reverse | Bundled): Children {
    const ofBundle = indexes.get(bundle) ?? new Map<string, Children>();
    indexes.set(bundle, ofBundle);
    const name = question.asks;
    const index = ofBundle.get(name) ?? readIndex(bundle, question);
    ofBundle.set(name, index);
    return index;
  }

  function readIndex(bundle: Bundle, question: Reverse | Bundled): Children {
    const index: Children = { byParent: new Map(), nameless: [], lost: undefined };
    const { searched } = bundle;
    for (const key of bundle.keys) {
      const reading = typeOf(key) === question.type ? known.reading(key) : undefined;
      if (!isHeld(reading)) continue;
      const given = question.kind === 'reverse' ? referencesIn(question, reading.resource) : [];
      if (question.kind === 'reverse' && !given && (searched || question.parents.length > 1)) {
        index.lost ??= key;
        continue;
      }
      const parsed = (given ?? []).map((reference) =>
        parseReference(reference, question.kind === 'reverse' ? question.parents : []),
      );
      // If a record has no reference that can be followed, it belongs to the product in whose bundle it is.
      const isNamed = parsed.some(({ kind }) => kind === 'literal' || kind === 'untyped');
      if (!isNamed && !searched) index.nameless.push(key);
      for (const named of parsed) {
        const isTyped = named.kind === 'literal' && isFhirType(named.type);
        if (isTyped) push(index.byParent, `${named.type}/${named.id}`, key);
        else if (named.kind === 'untyped' || (named.kind === 'literal' && !searched))
          push(index.byParent, named.id, key);
      }
    }
    return index;
  }
}

/**
 * The children of one type in a bundle, grouped by the parent that they refer to. The parent is given as `Type/id`,
 * or as an id alone if the reference has no type.
 */
interface Children {
  readonly byParent: Map<Key, Key[]>;
  readonly nameless: Key[];
  /** A record whose parent is unknown, because its reference cannot be read and parents may be of several types. */
  lost: Key | undefined;
}

const productType = 'MedicinalProductDefinition';

function isProduct(key: Key): boolean {
  return typeOf(key) === productType;
}

function push(table: Map<Key, Key[]>, at: Key, key: Key): void {
  const row = table.get(at);
  if (row) row.push(key);
  else table.set(at, [key]);
}
