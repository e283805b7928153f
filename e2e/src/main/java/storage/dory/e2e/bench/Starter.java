// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A small process that runs executables one after another and measures each, see {@code starter.c}.
 * A JVM cannot: what it starts begins with the JVM's own memory in the kernel's count. For one
 * thread at a time.
 */
final class Starter implements AutoCloseable {
  private static final int LONGEST_OUTPUT = 1 << 16;

  private final Process process;
  private final DataOutputStream requests;
  private final DataInputStream answers;

  /**
   * @param program the compiled starter
   * @param environment for what it runs, beside this process's own
   */
  Starter(Path program, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(program.toString());
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    requests = new DataOutputStream(process.getOutputStream());
    answers = new DataInputStream(process.getInputStream());
  }

  /**
   * Runs an executable to its end, without input; it is killed after 115 s, later than our driver
   * ends by itself.
   *
   * @param words path of the executable and its arguments; none: a process that starts nothing
   */
  Call run(List<String> words) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    for (String word : words) {
      request.writeBytes(word.getBytes(StandardCharsets.UTF_8));
      request.write(0);
    }
    requests.writeInt(request.size());
    request.writeTo(requests);
    requests.flush();
    Duration wall = Duration.ofNanos(answers.readLong());
    Duration processor = Duration.ofNanos(answers.readLong() * 1000);
    long peak = answers.readLong() * 1024;
    int code = (int) answers.readLong();
    long length = answers.readLong();
    if (length < 0 || length > LONGEST_OUTPUT) {
      throw new IOException("the starter says " + length + " bytes of output");
    }
    String output = new String(answers.readNBytes((int) length), StandardCharsets.UTF_8);
    return new Call(wall, processor, peak, code, output);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
