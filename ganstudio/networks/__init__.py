"""Networks, one file each. Pictures are float NCHW RGB in [-1,1]; no network knows a loss or a file."""
