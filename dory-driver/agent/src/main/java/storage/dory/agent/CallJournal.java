// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent;

import java.util.function.Consumer;
import storage.dory.agent.calllog.CallLog;
import storage.dory.agent.calllog.LogLine;
import storage.dory.agent.flex.DriverPath;
import storage.dory.agent.flex.DriverSettings;
import storage.dory.agent.flex.FlexRequest;
import storage.dory.agent.flex.LogPlace;
import storage.dory.agent.flex.SafeArguments;

/** Three lines a call in the log file its driver's settings name, as the original writes them. */
final class CallJournal {
  private final CallLog log;
  private final String vendor;

  /** The part of one call. */
  @FunctionalInterface
  interface Page {
    /** Notes the reply, given as the line for the driver. */
    void close(String reply);
  }

  /**
   * @param vendor of drivers the agent installs
   */
  CallJournal(CallLog log, String vendor) {
    this.log = log;
    this.vendor = vendor;
  }

  LogPlace placeOf(DriverPath driver, DriverSettings settings) {
    return LogPlace.of(driver, settings, vendor);
  }

  /** Notes that a call has come; as in the original, not one that only asks for the settings. */
  Page open(FlexRequest request, DriverSettings settings) {
    if (request.verb().equals("config")) {
      return reply -> {};
    }
    return switch (placeOf(request.driver(), settings)) {
      case LogPlace.Nowhere ignored -> reply -> {};
      case LogPlace.In(var file) -> open(request, settings, line -> log.write(file, line));
    };
  }

  private static Page open(FlexRequest request, DriverSettings settings, Consumer<LogLine> lines) {
    String pid = "[" + request.pid() + "] ";
    String call = request.verb() + " [" + SafeArguments.of(request.args()) + "]";
    String plugin = settings.plugin().orElse(request.driver().name());
    lines.accept(
        info(
            pid
                + "entry  : Driver="
                + request.driver().name()
                + " Version="
                + Version.TEXT
                + " Socket="
                + plugin
                + " Overridden="
                + settings.found().overridden()));
    lines.accept(info(pid + "request: " + call));
    long start = System.nanoTime();
    return reply -> {
      if (settings.log().debug()) {
        long took = (System.nanoTime() - start) / 1_000_000;
        lines.accept(new LogLine(LogLine.Level.DEBUG, pid + "took   : " + took + " ms"));
      }
      lines.accept(info(pid + "reply  : " + call + ": " + reply.strip()));
    };
  }

  private static LogLine info(String text) {
    return new LogLine(LogLine.Level.INFO, text);
  }
}
