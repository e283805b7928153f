// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Takes secrets out of a text that people are going to read: known ones, and what looks like one.
 * Ordinary words stay.
 */
public final class Mask {
  /** What stands where a secret was. */
  public static final String MASKED = "***";

  /** A shorter value is in too many words. */
  private static final int SHORTEST = 4;

  private static final String SECRET_WORD =
      "(?:passw(?:or)?d|passphrase|secret|token|credential|api[-_]?key|access[-_]?key"
          + "|private[-_]?key|account[-_]?key)s?";

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i)(?:^|.*[^a-z])(?:pwd|pass|auth)|.*" + SECRET_WORD + ".*");

  /** Names that end so are of something about a secret. */
  private static final Pattern ABOUT =
      Pattern.compile("(?i).*(?:name|file|path|ref|type|size|length|count|ttl|seconds|expired)");

  private static final Pattern PRIVATE_KEY =
      Pattern.compile(
          "-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\\z)",
          Pattern.DOTALL);
  private static final Pattern JSON_WEB_TOKEN =
      Pattern.compile("[A-Za-z0-9_+-]{0,200}\\beyJ[A-Za-z0-9_-]{5,}(?:\\.[A-Za-z0-9_-]*){0,2}=*");
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "(?i)(authorization[\"']?\\s*[:=]\\s*[\"']?(?:bearer|basic|token|negotiate)\\s+)"
              + "[^\\s\"',;]+");
  private static final Pattern BEARER =
      Pattern.compile("(?i)(\\bbearer\\s+)(?=\\S*[0-9]|\\S{20})[A-Za-z0-9._~+/=-]{8,}");
  private static final Pattern USER_INFO =
      Pattern.compile("(://[^\\s/:@]{0,100}:)[^\\s/@]{1,200}@");

  /** A name that may be of a secret, what binds it to its value, and the value. */
  private static final Pattern ASSIGNED =
      Pattern.compile(
          "(?i)([a-z0-9_.-]{0,60}(?:pwd|pass|auth|"
              + SECRET_WORD
              + ")[a-z0-9_.-]{0,60})([\"']?\\s?[:=]\\s?)"
              + "(\"[^\"]*\"?|'[^']*'?|[^\\s,;&}\\])\"']+)");

  /** Long, unbroken and of all kinds of letters: a key in base64, or the end of a token. */
  private static final Pattern RANDOM = Pattern.compile("(?<![A-Za-z0-9_+=-])[A-Za-z0-9_+=-]{40,}");

  private static final Pattern CAPITALS = Pattern.compile("[A-Z](?=[A-Z])");
  private static final int MANY = 4;

  private Mask() {}

  /** Whether the value of a property of that name is taken for a secret. */
  public static boolean isSecretName(String property) {
    return SECRET_NAME.matcher(property).matches() && !ABOUT.matcher(property).matches();
  }

  /** The values of the properties whose names say that they are secrets. */
  public static Collection<String> secrets(Map<String, String> properties) {
    return properties.entrySet().stream()
        .filter(property -> isSecretName(property.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The text without these secrets and without anything that looks like one. */
  public static String over(String text, Collection<String> secrets) {
    String masked = text;
    for (String secret :
        secrets.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList()) {
      String value = secret.strip();
      if (value.length() >= SHORTEST) {
        masked = masked.replace(value, MASKED);
      }
    }
    return over(masked);
  }

  /** The text without anything that looks like a secret. */
  public static String over(String text) {
    String masked = PRIVATE_KEY.matcher(text).replaceAll(MASKED);
    masked = JSON_WEB_TOKEN.matcher(masked).replaceAll(MASKED);
    masked = AUTHORIZATION.matcher(masked).replaceAll("$1" + MASKED);
    masked = BEARER.matcher(masked).replaceAll("$1" + MASKED);
    masked = USER_INFO.matcher(masked).replaceAll("$1" + MASKED + "@");
    masked = ASSIGNED.matcher(masked).replaceAll(Mask::assigned);
    return RANDOM.matcher(masked).replaceAll(Mask::random);
  }

  private static String assigned(MatchResult found) {
    String value = found.group(3);
    boolean quoted = value.startsWith("\"") || value.startsWith("'");
    // after a colon prose goes on: "cannot read secret: not found"
    boolean prose = found.group(2).contains(":") && !quoted && value.chars().allMatch(Mask::isWord);
    return java.util.regex.Matcher.quoteReplacement(
        prose || !isSecretName(found.group(1))
            ? found.group()
            : found.group(1) + found.group(2) + MASKED);
  }

  private static String random(MatchResult found) {
    String run = found.group();
    // now and then a key has no digit, and names that are written together have few capitals in a
    // row
    boolean mixed =
        run.chars().anyMatch(Character::isDigit)
            ? run.chars().anyMatch(Character::isUpperCase)
                && run.chars().anyMatch(Character::isLowerCase)
            : CAPITALS.matcher(run).results().count() >= MANY
                && run.chars().anyMatch(Character::isLowerCase);
    return java.util.regex.Matcher.quoteReplacement(mixed ? MASKED : run);
  }

  private static boolean isWord(int letter) {
    return Character.isLetter(letter) || letter == '.' || letter == ':' || letter == '-';
  }
}
