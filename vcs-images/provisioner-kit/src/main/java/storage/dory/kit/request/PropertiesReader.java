// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.request;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a directory of property files, a file a property, as kubelet makes one of a Secret: files
 * that start with two dots are kubelet's own. The token is not read here.
 *
 * @param directory need not exist, which is a problem like any other
 */
public record PropertiesReader(Path directory) {
  /** Bytes of the largest property. */
  public static final int LARGEST = 1 << 20;

  private static final String NAME = "[A-Za-z0-9_.-]{1,253}";

  /** Every property but the token, or every problem. Blocks on files only. */
  public PropertiesRead read() {
    Map<String, String> values = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (!name.startsWith("..") && !name.equals(RequestReader.TOKEN)) {
          read(name, file, values, problems);
        }
      }
    } catch (NoSuchFileException e) {
      problems.add("there is no directory of properties at " + directory);
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      problems.add("reading the properties in " + directory + ": " + e);
    }
    return problems.isEmpty()
        ? new PropertiesRead.Whole(new Properties(values))
        : new PropertiesRead.Broken(problems);
  }

  private static void read(
      String name, Path file, Map<String, String> values, List<String> problems) {
    if (!name.matches(NAME)) {
      problems.add("a property file has a name with other characters than [A-Za-z0-9_.-]");
    } else if (!Files.isRegularFile(file)) {
      problems.add("property " + name + " is not a file");
    } else {
      try {
        values.put(name, text(file));
      } catch (CharacterCodingException e) {
        problems.add("property " + name + " is not UTF-8 text");
      } catch (IOException e) {
        problems.add("property " + name + ": " + e.getMessage());
      }
    }
  }

  private static String text(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    }
    if (bytes.length > LARGEST) {
      throw new IOException("is larger than " + (LARGEST >> 20) + " MiB");
    }
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    if (text.indexOf('\0') >= 0) {
      throw new IOException("holds a NUL character");
    }
    return text;
  }
}
