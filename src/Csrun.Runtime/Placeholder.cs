namespace Csrun.Runtime;
