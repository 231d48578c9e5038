using System.IO;

namespace Csrun.Testing;

/// <summary>A static program that sends each of its arguments as a message to $NOTIFY_SOCKET (sd_notify(3)).</summary>
public static class NotifySender
{
    private const string Source = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/un.h>

        int main(int count, char **messages)
        {
            struct sockaddr_un manager = { .sun_family = AF_UNIX };
            int sender = socket(AF_UNIX, SOCK_DGRAM, 0);
            strncpy(manager.sun_path, getenv("NOTIFY_SOCKET"), sizeof manager.sun_path - 1);
            for (int i = 1; i < count; i++)
                if (sendto(sender, messages[i], strlen(messages[i]), 0, (void *)&manager, sizeof manager) < 0)
                    return perror("sendto"), 1;
            return 0;
        }
        """;

    /// <summary>Compiles it.</summary>
    /// <param name="path">Where it is to be.</param>
    public static void Make(string path)
    {
        File.WriteAllText(path + ".c", Source);
        Programs.Run("gcc", "-O1", "-static", "-o", path, path + ".c");
        File.Delete(path + ".c");
    }
}
