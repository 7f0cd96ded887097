/** Greek and Cyrillic words in Latin letters. */
import { describe, expect, it } from 'vitest';
import { latinForms, scriptOf } from '../../../src/search-index/words/latin.js';

describe('the Latin spelling of a word', () => {
  it.each([
    ['ΟΜΕΠΡΑΖΟΛΗ', 'OMEPRAZOLI', 'OMEPRAZOLE'],
    ['ΑΜΛΟΔΙΠΙΝΗ', 'AMLODIPINI', 'AMLODIPINE'],
    ['ΙΝΣΟΥΛΙΝΗ', 'INSOULINI', 'INSULINE'],
    ['ΥΔΡΟΧΛΩΡΙΚΗ', 'YDROCHLORIKI', 'HYDROCHLORICE'],
    ['ΕΥΚΑΛΥΠΤΟΣ', 'EFKALYPTOS', 'EUCALYPTOS'],
    ['ΑΥΡΑ', 'AVRA', 'AURA'],
    ['ΜΠΑΝΤΑ', 'BANTA', 'BANTA'],
    ['ПАРАЦЕТАМОЛ', 'PARATSETAMOL', 'PARACETAMOL'],
    ['АМОКСИЦИЛИН', 'AMOKSITSILIN', 'AMOXICILIN'],
    ['ХИДРОКОРТИЗОН', 'HIDROKORTIZON', 'CHIDROCORTIZON'],
  ])('%s is %s by transliteration, and %s as an international name', (word, own, other) => {
    expect(latinForms(word)).toEqual([...new Set([own, other])]);
  });

  it.each(['ASPIRIN', '12', 'ΜΓ', 'ΤΟ', 'アスピリン'])('is not computed for "%s"', (word) => {
    expect(latinForms(word)).toEqual([]);
  });

  it('has no Greek or Cyrillic letters, for all letters of European alphabets', () => {
    const alphabets = 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ ҐЄІЈЉЊЋЂЏЅ'.split(' ');
    const left = alphabets.flatMap(latinForms).filter((form) => scriptOf(form) !== 'latin');
    expect(left).toEqual([]);
  });
});

describe('the recognized script of a word', () => {
  it.each([
    ['ASPIRIN', 'latin'],
    ['ΑΣΠΙΡΙΝΗ', 'greek'],
    ['АСПИРИН', 'cyrillic'],
    // The first letter is a Cyrillic one that looks like an A.
    ['АSPIRIN', 'cyrillic'],
    ['アスピリン', 'latin'],
  ])('of %s is %s', (word, script) => {
    expect(scriptOf(word)).toBe(script);
  });
});
