// The plurnk language for ANTLR, to measure the hand-written parser against. See generate.mjs.
parser grammar PlurnkParser;

options { tokenVocab = PlurnkLexer; }

turn : ( statement | prose )* EOF ;
prose : PROSE+ ;
statement : OPEN slot* ( COLON body? CLOSE | ONE_COLON ) ;
slot : signal | TARGET | REGEX_TARGET | MARKS ;
signal : SIGNAL_OPEN TAG* SIGNAL_CLOSE ;
body : BODY_TEXT+ ;
